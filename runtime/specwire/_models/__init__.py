"""Models, unions and values that may be unset."""
