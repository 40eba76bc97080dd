"""Values of callers, whatever library they come from, as values that have a wire form."""
