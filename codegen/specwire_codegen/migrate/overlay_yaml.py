"""`overlay.yaml` from actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from specwire_codegen.documents import yaml_scalars
from specwire_codegen.python_source import line

_WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """Dumper without aliases, that quotes every text that would be read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return True for every value: equal values are written in full, without anchors."""
        return True

    def text(self, value: str) -> yaml.Node:
        """Return the node of a text."""
        plain = yaml_scalars.resolve(value) == value and isinstance(yaml_scalars.resolve(value), str)
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _Dumper.text)


def overlay_yaml(title: str, origin: str, actions: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of an overlay with these actions; `origin` is the format that they come from."""
    head = {"overlay": "1.0.0", "info": {"title": f"Corrections of {title}", "version": "1"}, "actions": list(actions)}
    comment = (
        f"# From a configuration of {line(origin)}, which is not read again. An action without a match is an error.\n"
    )
    return comment + yaml.dump(head, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)
