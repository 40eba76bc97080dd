"""One module for each client that is measured: the same work, written as the users of that client would write it."""
