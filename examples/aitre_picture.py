"""A picture with Midjourney through AITRE: submit, watch it grow, press a button under it.

It calls the real API, which costs two pictures.

AITRE_BASE_URL=... AITRE_API_KEY=... python examples/aitre_picture.py
"""

from __future__ import annotations

from specwire.errors import EnvelopeError, JobFailedError
from specwire_clients.aitre import Aitre


def main() -> None:
    """Draw a cat, then enlarge the first of the four."""
    with Aitre() as client:
        try:
            task = client.midjourney.imagine_and_wait(
                prompt="a cat in the rain, watercolour",
                interval=0.5,
                timeout=600,
                on_progress=lambda now: print(now.progress or now.status),
            )
        except (EnvelopeError, JobFailedError) as error:
            print(f"no picture: {error}")
            return
        print(task.image_url)
        for button in task.buttons or []:
            if button.label == "U1":
                larger = client.midjourney.action(task_id=task.id, custom_id=button.custom_id or "")
                print(client.midjourney.wait(str(larger.result), interval=0.5).image_url)


if __name__ == "__main__":
    main()
