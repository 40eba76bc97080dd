"""HTTP methods, and the tokens of HTTP."""

from __future__ import annotations

import re

from specwire._http.methods import IDEMPOTENT as IDEMPOTENT, SAFE as SAFE

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""Methods that a path item has operations for, in the order of the specification."""
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""Token of RFC 9110: the name of a header, a method or an authentication scheme."""
