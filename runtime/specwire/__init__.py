"""What generated clients stand on at run time, and what their users import besides them."""
