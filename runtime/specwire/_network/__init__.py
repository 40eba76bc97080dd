"""Network: connections, deadlines, content codings and their failures."""
