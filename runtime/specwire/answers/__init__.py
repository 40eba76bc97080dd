"""What a server answered: how its body is read, what it says, and whether that is an error."""
