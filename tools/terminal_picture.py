"""Picture of a terminal for the README: real runs of `specwire`, with their colours, as docs/terminal.svg.

Usage: python tools/terminal_picture.py. Times are replaced, so that the picture changes only with what is printed.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
WIDTH = 92
COMMANDS = (
    ("specwire", "generate", "pets.yaml", "--package", "pets"),
    ("specwire", "generate", "pets.yaml", "--package", "pets", "--explain"),
    ("specwire", "diff", "old.yaml", "pets.yaml"),
)
"""Commands of the picture; the second one runs on the corrected document."""
MISTAKE = ("tag: {type: string}", "tag: {type: strng}")


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(), "utf-8")


def picture() -> str:
    """Return the picture as SVG, without fonts from the network."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    with TemporaryDirectory(prefix="specwire-") as name:
        folder = Path(name)
        text = (ROOT / "examples" / "petstore.yaml").read_text("utf-8")
        right = text.replace("name: {type: string, ", "tag: {type: string}\n        name: {type: string, ", 1)
        (folder / "old.yaml").write_text(text, "utf-8")
        (folder / "pets.yaml").write_text(right.replace(*MISTAKE), "utf-8")
        for number, command in enumerate(COMMANDS):
            if number == 1:
                (folder / "pets.yaml").write_text(right, "utf-8")
            console.print(Text.assemble(("$ ", "bold green"), (" ".join(command), "bold")))
            console.print(Text.from_ansi(printed(folder, *command[1:])), soft_wrap=False)
    drawing = console.export_svg(title="specwire", unique_id="specwire")
    return re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)


def printed(folder: Path, *arguments: str) -> str:
    """Return what a command prints, on both streams, at a terminal of the picture's width."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {
        "FORCE_COLOR": "1",
        "COLUMNS": str(WIDTH),
        "TERM": "xterm-256color",
        "XDG_CACHE_HOME": str(folder / ".cache"),
    }
    command = [sys.executable, "-m", "specwire", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return re.sub(r"\b\d+\.\d\d$", "0.42", done.stdout, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
