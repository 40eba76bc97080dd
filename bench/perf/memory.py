"""The memory of this process, in bytes, as Linux tells it.

`getrusage` would not do: a process inherits the peak of the one that started it.
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
