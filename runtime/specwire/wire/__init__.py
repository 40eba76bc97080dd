"""The wire: content codings, timeouts and the faults of connections, below the clients and above the HTTP library."""
