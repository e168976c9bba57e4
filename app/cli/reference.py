"""The reference of the command line, written from the commands themselves.

`python -m app.cli.reference docs/cli.md` writes the page; without a path it is printed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from app.cli.main import SUB_COMMANDS, assemble

WIDTH = 88
HEAD = """# Command line

Written by `python -m app.cli.reference docs/cli.md` from the commands themselves; a test holds it
to them.

Exit codes: 0 done, 1 a failure (what happened and what to do, on standard error), 2 wrong usage,
130 left with Ctrl-C.
"""


def reference() -> str:
    """The whole page as Markdown."""
    command = typer.main.get_command(assemble(SUB_COMMANDS))
    return "\n".join((HEAD, *_sections("mockint", command, None)))


def _sections(path: str, command: Any, parent: Any) -> Iterator[str]:
    """One section a command, its sub-commands after it. Types are typer's private ones."""
    context = typer.Context(
        command, info_name=path.split()[-1], parent=parent, terminal_width=WIDTH
    )
    yield f"## `{path}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    for name, sub_command in sorted(getattr(command, "commands", {}).items()):
        yield from _sections(f"{path} {name}", sub_command, context)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
    else:
        typer.echo(reference())
