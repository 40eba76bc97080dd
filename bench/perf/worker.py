"""Worker of each environment: it reads orders as JSON lines, does the work with one peer, and returns its cost.

python worker.py PEER ORIGIN            # orders from standard input
python worker.py PEER ORIGIN --cold     # import, construct, first call; then it ends
"""

from __future__ import annotations

import sys
import time
from importlib import import_module


def cold(name: str, origin: str) -> dict[str, float]:
    """Return seconds of CPU, mebibytes and modules of an import, a construction and a first call."""
    from memory import resident

    modules, memory = len(sys.modules), resident()
    start = time.process_time()
    client = import_module(f"peers.{name}").Sync(origin)
    cost = {"import": time.process_time() - start}
    cost["modules"] = float(len(sys.modules) - modules)
    cost["resident"] = (resident() - memory) / 2**20
    if hasattr(client, "chat"):
        client.chat()
        cost["first_call"] = time.process_time() - start
    return cost


def main() -> None:
    """Execute the arguments or the orders."""
    name, origin, *flags = sys.argv[1:]
    cost = cold(name, origin) if flags == ["--cold"] else None
    import json

    if cost is not None:
        print(json.dumps(cost))
        return
    from work import Work

    work = Work(name, origin)
    for line in sys.stdin:
        print(json.dumps(work.do(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
