"""The `mockint` command: finds the sub-command, and turns failures into words and exit codes."""

import importlib
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, NoReturn

import typer

from app import __version__
from app.cli.leaving import INTERRUPTED
from app.cli.screen.plain import visible
from app.cli.warm_up import still_warming_up
from app.errors import MockintError
from app.language.failures import told
from app.linear_algebra import keep_to_one_thread


@dataclass(frozen=True, slots=True)
class SubCommand:
    """A sub-command; `module` holds it as a typer app called `app`.

    `summary` repeats the first line of the command's own help, so that `mockint --help` need not
    import it.
    """

    module: str
    summary: str


SUB_COMMANDS = {
    "ask": SubCommand("app.cli.ask", "Hold a mock interview, or grade one answer."),
    "bank": SubCommand("app.cli.bank", "Import, check, list, search and show question banks."),
    "doctor": SubCommand("app.cli.doctor", "Check that everything mockint needs is in order."),
    "eval": SubCommand("app.cli.eval.app", "Measure how well grades agree with marks."),
    "export": SubCommand("app.cli.export", "Write everything that is kept to one file."),
    "forget": SubCommand("app.cli.forget", "Delete a session, or everything, for good."),
    "history": SubCommand(
        "app.cli.history", "Show scores over time, by topic, days in a row, and what is due when."
    ),
    "import": SubCommand("app.cli.import_data", "Take in a file that mockint export wrote."),
    "regrade": SubCommand(
        "app.cli.regrade", "Grade stored answers anew and show what changed; old grades are kept."
    ),
    "report": SubCommand(
        "app.cli.report", "Show what a session came to, with your own words, and what to do next."
    ),
    "review": SubCommand(
        "app.cli.review", "List what is due for review, the most forgotten first, and ask it."
    ),
    "serve": SubCommand("app.cli.serve", "Serve the chat page until Ctrl-C."),
}


def assemble(loaded: Collection[str]) -> typer.Typer:
    """The command line with the sub-commands in `loaded` imported, the others only listed."""
    app = typer.Typer(
        name="mockint", add_completion=False, rich_markup_mode=None, no_args_is_help=True
    )
    app.callback()(mockint)
    for name, command in SUB_COMMANDS.items():
        if name not in loaded:
            app.command(name, help=command.summary)(_listed_only)
            continue
        part: typer.Typer = importlib.import_module(command.module).app
        if len(part.registered_commands) == 1 and part.registered_callback is None:
            info = part.registered_commands[0]
            assert info.callback is not None
            app.command(name, help=info.help, no_args_is_help=info.no_args_is_help)(info.callback)
        else:
            app.add_typer(part, name=name)
    return app


def _listed_only() -> None:
    raise AssertionError("a sub-command that is only listed was called")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mockint {__version__}")
        raise typer.Exit


def mockint(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Practise interviews: mockint asks, grades your answer against key points, shows evidence."""


def main() -> NoReturn:
    """Entry point of the `mockint` script."""
    leave(run(sys.argv[1:]))


def leave(code: int) -> NoReturn:
    """End the process, at once even while a warm-up is under way.

    A thread inside native code can be neither stopped nor waited for by a person in a hurry.
    """
    if still_warming_up():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    0 done, 1 a MockintError, 2 wrong usage, 130 interrupted by Ctrl-C.
    """
    _speak_leniently()
    keep_to_one_thread()
    wanted = [word for word in arguments if not word.startswith("-")][:1]
    try:
        command = typer.main.get_command(assemble(wanted))
        command.main(list(arguments), prog_name="mockint", standalone_mode=True)
    except SystemExit as leaving:
        return _flushed(leaving.code if isinstance(leaving.code, int) else 0)
    except MockintError as error:
        _report(error, arguments)
        return _flushed(1)
    except KeyboardInterrupt:
        return INTERRUPTED
    return _flushed(0)


def _speak_leniently() -> None:
    """A terminal that cannot show a character gets a `?` in its place, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _report(error: MockintError, arguments: Sequence[str]) -> None:
    # settings bring pydantic, a fifth of a second that `mockint --help` need not wait
    from app.cli.tongue import language_of_errors  # noqa: PLC0415

    found = told(error, language_of_errors(arguments, os.environ))
    lines = [f"mockint: {found.message}", found.remedy]
    print(*(visible(line) for line in lines if line), sep="\n", file=sys.stderr)  # noqa: T201


def _flushed(code: int) -> int:
    """`code`, or 1 where the reader of our output has gone, without the interpreter's complaint."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    main()
