"""Candidates that complete a command line of `specwire call`: clients, methods, options, their values and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from specwire import Client

from specwire_codegen.call.argument import Argument, Kind
from specwire_codegen.call.method import inspected, method_of, methods_of, summary_of
from specwire_codegen.call.options import FIRST, OPTIONS, Options, hyphenated
from specwire_codegen.clients.included import all_included
from specwire_codegen.clients.named import client_named
from specwire_codegen.clients.targets import is_document, target_names
from specwire_codegen.files.access import access

_LARGEST = 500_000
"""Bytes of a document for which a client is generated to complete a word, which takes a second or two."""
_ENDINGS = (".yaml", ".yml", ".json")
_FROM_FILE = "@"


@attrs.frozen
class Candidate:
    """Word that may be the one that is completed, and what it means."""

    text: str
    doc: str = ""


Find: TypeAlias = Callable[[str], Iterable[Candidate]]
"""Function that returns the candidates for a word of which a part is written."""


@attrs.frozen
class _Option:
    doc: str
    find: Find | None = None
    """Find the value; None for an option without one."""
    optional: bool = False
    """Whether the value may be left out."""
    repeatable: bool = False


@attrs.frozen
class _Words:
    """Words before the one that is completed."""

    given: Mapping[str, Sequence[str]]
    """Option -> its values."""
    values: Sequence[str]
    """Words that belong to no option."""
    pending: str | None = None
    """Option whose value comes next."""

    def next(self, word: str, options: Mapping[str, _Option], find: Find) -> Iterator[Candidate]:
        """Yield the candidates for the next word: a value of an option, an option, or what `find` finds."""
        pending = None if self.pending is None else options[self.pending]
        if pending is not None and pending.find is not None and not (pending.optional and word.startswith("-")):
            yield from pending.find(word)
            return
        name, equals, text = word.partition("=")
        if not word.startswith("-"):
            yield from find(word)
        elif not equals:
            yield from self.names(options)
        elif name in options and (of_value := options[name].find) is not None:
            yield from (Candidate(f"{name}={each.text}", each.doc) for each in of_value(text))

    def names(self, options: Mapping[str, _Option]) -> Iterator[Candidate]:
        """Yield the names of the options that may still be given."""
        for name, option in options.items():
            if option.repeatable or name not in self.given:
                yield Candidate(name, option.doc)


def candidates(words: Sequence[str]) -> list[Candidate]:
    """Return the candidates for the last of the words after `specwire call`, which may be empty."""
    *before, word = words
    options = {**_options(FIRST), **_own()}
    read = _read(before, options, most=2)
    if not read.values:
        return _matching(word, read.next(word, options, lambda text: clients(_root(read), text)))
    client, *rest = read.values
    with _imported(client, read) as made:
        if made is None:
            return []
        if not rest:
            return _matching(word, read.next(word, options, lambda _: methods(made)))
        return _of_method(made, rest[0], rest[1:], word)


def _of_method(made: Client, path: str, before: Sequence[str], word: str) -> list[Candidate]:
    """Return the candidates for a word after the method."""
    if path not in methods_of(made):
        return []
    arguments = sorted(method_of(made, path).arguments, key=lambda argument: not argument.required)
    options = {**{each.option: _of_argument(each) for each in arguments}, **_own()}
    options |= {each.option: _of_argument(each) for each in arguments}
    read = _read([hyphenated(each) for each in before], options)
    positional = [each for each in arguments if each.positional][len([v for v in read.values if not _is_file(v)]) :]

    def find(text: str) -> Iterator[Candidate]:
        found = list(_value(positional[0], text)) if positional else list(_from_file(text))
        yield from found
        if not text and not found:
            yield from read.names(options)

    return _matching(hyphenated(word), read.next(hyphenated(word), options, find))


def clients(root: Path, word: str) -> Iterator[Candidate]:
    """Yield clients by name, and documents."""
    for name in sorted({*target_names(root), *all_included()}):
        yield Candidate(name, "client")
    yield from (each for each in _files(word) if each.text.endswith((*_ENDINGS, "/")))


def methods(client: Client) -> Iterator[Candidate]:
    """Yield the methods of a client."""
    for path, method in methods_of(client).items():
        yield Candidate(path, summary_of(method))


@contextmanager
def _imported(name: str, read: _Words) -> Iterator[Client | None]:
    """Yield a client to look at; None if that would take a request or long."""
    if is_document(name) and not (os.path.isfile(name) and os.path.getsize(name) <= _LARGEST):
        yield None
        return
    within = access(map(Path, read.given.get("--refs-within", ())), read.given.get("--ref", ()))
    with client_named(_root(read), name, within) as found, inspected(found.kind) as client:
        yield client


def _root(read: _Words) -> Path:
    return Path(next(iter(read.given.get("--root", ())), ""))


def _read(words: Sequence[str], options: Mapping[str, _Option], most: int | None = None) -> _Words:
    """Return words by their meaning; after `most` values, the rest are values too."""
    given = dict[str, list[str]]()
    values, pending = list[str](), None
    for number, word in enumerate(words):
        if len(values) == most:
            return _Words(given, [*values, *words[number:]])
        name, equals, text = word.partition("=")
        if pending is not None and not (options[pending].optional and word.startswith("--")):
            given[pending].append(word)
            pending = None
        elif name in options:
            texts = given.setdefault(name, [])
            pending = None
            if equals:
                texts.append(text)
            elif options[name].find is not None:
                pending = name
        else:
            pending = None
            if not word.startswith("--"):
                values.append(word)
    return _Words(given, values, pending)


def _own() -> dict[str, _Option]:
    """Return the options of every call."""
    return {**_options(*OPTIONS.values()), "--help": _Option("Print the arguments of the method.")}


def _options(*groups: Options) -> dict[str, _Option]:
    return {name: _option(name, settings) for options in groups for name, settings in options.items()}


def _option(name: str, settings: Mapping[str, Any]) -> _Option:
    switch = settings.get("action") == "store_true"
    found: Mapping[str, Find] = {"--root": _folders, "--refs-within": _files, "--ref": _copies, "--output": _files}
    find = None if switch else found.get(name, _nothing)
    return _Option(settings["help"], find, repeatable=settings.get("action") == "append")


def _of_argument(argument: Argument) -> _Option:
    notes = ["Required.", argument.doc] if argument.required else [argument.doc]
    return _Option(
        " ".join(notes).strip(),
        lambda text: _value(argument, text),
        optional=argument.kind is Kind.BOOLEAN,
        repeatable=argument.repeated,
    )


def _value(argument: Argument, text: str) -> Iterator[Candidate]:
    """Yield the values of an argument: those that the document lists, and files."""
    if argument.kind is Kind.BOOLEAN:
        yield from (Candidate("true"), Candidate("false"))
    elif argument.kind is Kind.FILE:
        yield from _files(text)
    yield from map(Candidate, argument.known)
    yield from _from_file(text)


def _from_file(text: str) -> Iterator[Candidate]:
    """Yield files whose content is the value, once an `@` is written."""
    if _is_file(text):
        yield from (Candidate(f"{_FROM_FILE}{each.text}") for each in _listed(text.removeprefix(_FROM_FILE)))


def _is_file(text: str) -> bool:
    return text.startswith(_FROM_FILE) and not text.startswith(2 * _FROM_FILE)


def _nothing(_: str) -> Iterator[Candidate]:
    return iter(())


def _files(text: str) -> Iterator[Candidate]:
    """Yield files and folders that begin with a text, in which the shell replaces a leading `~`."""
    home = os.path.expanduser("~") + os.sep
    if not text.startswith("~/"):
        yield from _listed(text)
        return
    for each in _listed(home + text.removeprefix("~/")):
        yield Candidate(f"~/{each.text.removeprefix(home)}")


def _copies(text: str) -> Iterator[Candidate]:
    """Yield the files of `URL=PATH`."""
    address, equals, path = text.partition("=")
    return (Candidate(f"{address}={each.text}") for each in _listed(path)) if equals else iter(())


def _folders(text: str) -> Iterator[Candidate]:
    return (each for each in _files(text) if each.text.endswith("/"))


def _listed(text: str) -> Iterator[Candidate]:
    """Yield the entries of a folder that begin with a text; folders end with a slash."""
    folder, name = os.path.split(text)
    if not os.path.isdir(folder or "."):
        return
    with os.scandir(folder or ".") as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
                yield Candidate(os.path.join(folder, entry.name) + ("/" if entry.is_dir() else ""))


def _matching(word: str, found: Iterable[Candidate]) -> list[Candidate]:
    return [each for each in found if each.text.startswith(word)]
