"""A model that calls a function, with Mistral: ask, run the tool, response.

It calls the real API, which costs a few completions.

MISTRAL_API_KEY=... python examples/mistral_tools.py
"""

from __future__ import annotations

import json

from specwire_clients.mistral import Mistral
from specwire_clients.mistral.inputs import MessageParam, ToolParam

TOOLS: list[ToolParam] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def get_weather(city: str) -> str:
    """Return the weather as text for the model."""
    return json.dumps({"city": city, "celsius": 21})


def main() -> None:
    """Call the model until it needs no more tools."""
    messages: list[MessageParam] = [{"role": "user", "content": "What is the weather in Paris?"}]
    with Mistral() as client:
        while True:
            response = client.chat.complete(model="mistral-small-latest", messages=messages, tools=TOOLS)
            message = response.choices[0].message
            messages.append(message)
            if not message.tool_calls or len(messages) > 9:
                break
            for call in message.tool_calls:
                arguments = call.function.arguments
                city = (json.loads(arguments) if isinstance(arguments, str) else arguments)["city"]
                messages.append({"role": "tool", "content": get_weather(city), "tool_call_id": call.id or None})
        print(message.content)


if __name__ == "__main__":
    main()
