"""Requests on the wire, as the document prescribes them."""
