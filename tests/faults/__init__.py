"""What clients do when servers, networks and disks fail: nothing lost, nothing hung, the right exception."""
