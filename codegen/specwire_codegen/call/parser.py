"""Command line of `specwire call`: options of the command before the method, those and its arguments after it."""

from __future__ import annotations

import json
import sys
from argparse import REMAINDER, SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from specwire_codegen.call.argument import STDIN, Argument, Kind, read_text
from specwire_codegen.call.help import PanelFormatter
from specwire_codegen.call.method import Method
from specwire_codegen.call.options import FIRST, OPTIONS, Options, hyphenated
from specwire_codegen.diagnostics import UsageError
from specwire_codegen.openapi.suggest import did_you_mean

_PREFIX = "argument:"
"""Prefix of the names of a method's arguments in a namespace, which separates them from options."""


class _Parser(ArgumentParser):
    """Parser whose errors are ours."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}: {self.prog} --help lists the arguments")


def command_parser(note: str = "") -> ArgumentParser:
    """Return the parser of everything up to the method."""
    parser = _Parser(
        prog="specwire call",
        usage="specwire call [OPTIONS] CLIENT [METHOD] [ARGUMENTS]",
        description="Call a method of a client. Without a method, list the methods.",
        epilog=f"{_EXAMPLES}\n{note}",
        formatter_class=PanelFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("client", nargs="?", help="Provider, package of a client, or document.")
    parser.add_argument("method", nargs="?", help="Method, for example chat.complete.")
    parser.add_argument("arguments", nargs=REMAINDER, help="Arguments of the method; see METHOD --help.")
    _add_options(parser, {"client": FIRST, **OPTIONS})
    return parser


_EXAMPLES = """\
Examples:
  specwire call mistral
  specwire call mistral chat.complete --help
  specwire call mistral chat.complete --model mistral-small-latest \\
      --messages @messages.json
  specwire call mistral chat.stream @request.json \\
      --select choices.0.delta.content
  specwire call mistral files.list --all | jq .id
  specwire call mistral files.download FILE_ID --output result.jsonl
  specwire call openapi.yaml pets.list --mock
  specwire call https://api.example.com/openapi.json pets.list
"""


def parsed_arguments(client: str, method: Method, words: Sequence[str], before: Namespace, note: str = "") -> Namespace:
    """Parse everything after the method; `before` are the options before it."""
    parser = _method_parser(client, method, note)
    parsed, unknown = parser.parse_known_args(list(map(hyphenated, words)), before)
    known = [argument.option for argument in method.arguments] + [each for group in OPTIONS.values() for each in group]
    for word in unknown:
        option = word.partition("=")[0]
        if option in FIRST:
            raise UsageError(f"{option} goes before the client: specwire call {option} ... {client} {method.path}")
        listed = f"specwire call {client} {method.path} --help lists the arguments"
        advice = did_you_mean(option, known, listed)
        raise UsageError(f"{method.path} has no argument {option}: {advice}")
    return parsed


def _method_parser(client: str, method: Method, note: str) -> ArgumentParser:
    parser = _Parser(
        prog=f"specwire call {client} {method.path}",
        usage=f"specwire call {client} {method.path} [OPTIONS] [VALUE ...]",
        description=_escaped(method.summary),
        epilog=f"TEXT, JSON and numbers may be @FILE or @-, which is read. @@ at the beginning of a text is @.\n\n{note}",
        formatter_class=PanelFormatter,
        allow_abbrev=False,
    )
    group = parser.add_argument_group("arguments of the method")
    flag: dict[str, Any] = {"nargs": "?", "const": "true"}
    for argument in method.arguments:
        group.add_argument(
            argument.option,
            dest=_PREFIX + argument.name,
            action="append",
            **flag if argument.kind is Kind.BOOLEAN else {},
            metavar=_metavar(argument),
            help=_help(argument),
        )
    positional = " ".join(argument.option[2:].upper() for argument in method.arguments if argument.positional)
    parser.add_argument(
        "values",
        nargs="*",
        metavar="VALUE",
        help=(f"{positional}, in this order; " if positional else "")
        + "@FILE or -: a JSON object with arguments, which options override.",
    )
    _add_options(parser, OPTIONS, {argument.option for argument in method.arguments})
    return parser


def _add_options(parser: ArgumentParser, groups: Mapping[str, Options], taken: Iterable[str] = ()) -> None:
    """Add the options of the command, except for those with the name of an argument."""
    reserved = set(taken)
    for title, options in groups.items():
        group = parser.add_argument_group(title)
        for option, settings in options.items():
            if option not in reserved:
                group.add_argument(option, default=SUPPRESS, **settings)


def values_of(method: Method, parsed: Namespace) -> dict[str, Any]:
    """Return the arguments of a method by Python name; raise `SpecwireCodegenError` if one is missing."""
    values = dict[str, Any]()
    texts = {each: getattr(parsed, _PREFIX + each.name) for each in method.arguments}
    positional = [each for each in method.arguments if each.positional]
    for word in parsed.values:
        if word == STDIN or word.startswith("@"):
            values |= _object(method, word)
        elif not positional:
            raise UsageError(f"{method.path} takes no more values, but was given {word[:80]!r}: name it")
        else:
            texts[positional.pop(0)] = [word]
    for argument, given in texts.items():
        if given is not None:
            values[argument.name] = _chosen(argument, argument.values(given))
    missing = [each.option for each in method.arguments if each.required and each.name not in values]
    if missing:
        raise UsageError(f"{method.path} needs {', '.join(missing)}")
    return values


def _object(method: Method, word: str) -> dict[str, Any]:
    """Return the arguments in a JSON object of a file, or of stdin."""
    text = sys.stdin.read() if word in (STDIN, f"@{STDIN}") else read_text(word[1:])
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{word} is not a JSON object: write the arguments as one")
    known = {argument.name: argument for argument in method.arguments}
    for name in found:
        if name not in known:
            listed = f"it takes {', '.join(known)}"
            raise UsageError(f"{method.path} has no argument {name!r}: {did_you_mean(name, known, listed)}")
    return found


def _chosen(argument: Argument, value: Any) -> Any:
    if argument.choices and value not in argument.choices:
        listed = f"write one of {', '.join(argument.choices)}"
        raise UsageError(f"{argument.option} is {value!r}: {did_you_mean(value, argument.choices, listed)}")
    return value


def _metavar(argument: Argument) -> str:
    return "false" if argument.kind is Kind.BOOLEAN else argument.kind.value


def _help(argument: Argument) -> str:
    notes = [argument.doc] if argument.doc else []
    if argument.choices:
        notes.append(f"One of {', '.join(argument.choices)}.")
    if argument.repeated:
        notes.append("Repeatable.")
    if argument.required:
        notes.append("Required.")
    return _escaped(" ".join(notes))


def _escaped(text: str) -> str:
    """Return text without the syntax of argparse."""
    return text.replace("%", "%%")
