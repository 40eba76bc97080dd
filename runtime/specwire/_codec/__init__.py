"""JSON encoding and decoding, and drift between document and server."""
