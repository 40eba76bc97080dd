"""Drift that clients have recorded: reports of it, and corrections of the document."""
