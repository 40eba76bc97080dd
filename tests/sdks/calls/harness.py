"""Outcome of each call of an SDK as one line of JSON; runs in the environment of the SDK."""

import asyncio
import inspect
import json
import sys


async def _awaited(value):
    found = await value
    return [item async for item in found] if hasattr(found, "__aiter__") else found


def run(calls):
    """Make every call and print its name, with an error if it raises or returns what it should not."""
    with asyncio.Runner() as runner:
        for name, call in calls.items():
            print(json.dumps({"call": name, "problem": _problem(call, runner)}))
            sys.stdout.flush()


def _problem(call, runner):
    try:
        value = call()
        if inspect.isawaitable(value):
            value = runner.run(_awaited(value))
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return "it returns nothing" if value is False or value == [] else None
