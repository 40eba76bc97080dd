"""A run in a process of its own, to be killed: `killed_run.py URL OUTPUT ROWS CONCURRENCY`."""

import sys

from specwire import bulk
from specwire_clients.mistral import AsyncMistral
from specwire_clients.mistral.operations import chat

url, output, rows, concurrency = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
requests = (chat.complete(model="m", messages=[{"role": "user", "content": f"q{number}"}]) for number in range(rows))
bulk.run(requests, AsyncMistral("k" * 32, base_url=url), sink=output, concurrency=concurrency)
