"""A batch with Moonshot: write the lines from request values, upload, wait, read the results.

It calls the real API, which costs two completions.

MOONSHOT_API_KEY=... python examples/moonshot_batch.py
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from specwire_clients.moonshot import AsyncMoonshot

QUESTIONS = ["What is the capital of France?", "What is the capital of Peru?"]


async def main() -> None:
    """Send all questions as one batch, and print the responses."""
    async with AsyncMoonshot() as client:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "questions.jsonl"
            with path.open("w") as file:
                for number, question in enumerate(QUESTIONS):
                    request = client.chat.complete.request(
                        model="kimi-k2.6", messages=[{"role": "user", "content": question}]
                    )
                    line = {"custom_id": str(number), "method": "POST", "url": request.operation.path}
                    file.write(json.dumps({**line, "body": getattr(request.body, "value", None)}) + "\n")
            uploaded = await client.files.upload(file=path, purpose="batch")
        batch = await client.batches.create(
            input_file_id=uploaded.id, endpoint="/v1/chat/completions", completion_window="24h"
        )
        done = await client.batches.wait(batch.id, interval=0.5, on_progress=lambda now: print(now.status))
        if done.request_counts:
            print(f"{done.request_counts.completed} of {done.request_counts.total} done")
        if done.output_file_id:
            print(await client.files.content(done.output_file_id).text())


if __name__ == "__main__":
    asyncio.run(main())
