"""Connection pools of a client's own connections, with a network backend that enforces deadlines."""
