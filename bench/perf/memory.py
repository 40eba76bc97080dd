"""Memory of this process in bytes, as reported by Linux.

`getrusage` is not suitable: a process inherits the peak of its parent.
"""


def resident() -> int:
    """Return the resident memory."""
    return _field("VmRSS")


def peak() -> int:
    """Return the peak of the resident memory."""
    return _field("VmHWM")


def _field(name: str) -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))
