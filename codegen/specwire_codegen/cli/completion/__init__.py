"""Completion of command lines by bash, zsh and fish: scripts for the shells, and the words that they ask for."""
