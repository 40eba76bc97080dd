"""Page of the mock server: its operations, a form to try one, and recent requests."""
