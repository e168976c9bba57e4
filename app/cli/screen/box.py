"""The box that answers are typed into."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from app.cli.commands import Action, Entry, command_of, is_command
from app.cli.screen.menu import ending, wrapped
from app.cli.screen.palette import Look
from app.cli.screen.plain import one_line, visible
from app.cli.screen.wrap import flow

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

OnChange = Callable[[str], None]
Clock = Callable[[], str]
PROMPT = "> "
CURSOR_REPORT = "<cursor-position-response>"


class Box(Protocol):
    """Where the person types."""

    def answer(self, draft: str, on_change: OnChange, clock: Clock | None = None) -> Entry:
        """One answer or command. The box starts with `draft`; `on_change` hears of each edit.

        `clock` says how much time went by; it is shown and ends nothing.
        """

    def choose(self, hint: str) -> str | None:
        """One line below a hint, or None at the end of input. KeyboardInterrupt on Ctrl-C."""

    def pick(self, hint: str, keys: str) -> str | None:
        """One of `keys`, or "" for Enter, taken as soon as it is pressed; None at end of input.

        KeyboardInterrupt on Ctrl-C.
        """


def refusal(text: str, limit: int, look: Look) -> str:
    """Why a text cannot be sent, or ""."""
    if not text.strip():
        return look.say("Nothing is written yet. To go on without an answer, type :skip")
    if is_command(text) and command_of(text) is None:
        said = look.say("{command} is not a command; :help lists them all")
        return said.format(command=one_line(text))
    if len(text) > limit:
        return look.say(
            "The answer has {length} characters; the limit is {limit}. Shorten it, then send."
        ).format(length=len(text), limit=limit)
    return ""


def hints(look: Look) -> str:
    """What the keys do and which commands there are."""
    say = look.say
    items = (
        say("Enter: new line"),
        say("empty line or Ctrl-D: send"),
        say(":hint :skip :help"),
        say("Ctrl-C: leave, draft kept"),
    )
    return flow(items, look.width - 1)


class TypingBox:
    """The box of a real terminal: many lines, paste, history, a line of hints below.

    `look_now` gives the look of the terminal as it is now, so that a new width takes effect.
    """

    def __init__(self, look_now: Callable[[], Look], limit: int, runner: asyncio.Runner) -> None:
        # prompt_toolkit takes 100 ms to import; by now the question is on the screen.
        from prompt_toolkit.history import InMemoryHistory  # noqa: PLC0415
        from prompt_toolkit.styles import Style  # noqa: PLC0415

        self._look_now = look_now
        self._limit = limit
        self._runner = runner
        self._complaint = ""
        self._clock: Clock | None = None
        self._history = InMemoryHistory()
        self._style = Style([("hint", "dim"), ("complaint", "ansired")])

    def answer(self, draft: str, on_change: OnChange, clock: Clock | None = None) -> Entry:
        """See `Box`."""
        from prompt_toolkit.buffer import Buffer  # noqa: PLC0415 (slow to import)
        from prompt_toolkit.document import Document  # noqa: PLC0415

        def changed(buffer: Buffer) -> None:
            self._complaint = ""
            on_change(buffer.text)

        self._complaint = ""
        self._clock = clock
        buffer = Buffer(
            multiline=True,
            history=self._history,
            document=Document(draft, len(draft)),
            on_text_changed=changed,
        )
        return self._runner.run(self._application(buffer).run_async())

    def choose(self, hint: str) -> str | None:
        """See `Box`."""
        from prompt_toolkit import PromptSession  # noqa: PLC0415 (slow to import)

        session: PromptSession[str] = PromptSession(style=self._style, erase_when_done=True)
        message: StyleAndTextTuples = [("class:hint", hint + "\n"), ("", PROMPT)]
        try:
            return self._runner.run(session.prompt_async(message))
        except EOFError:
            return None

    def pick(self, hint: str, keys: str) -> str | None:
        """See `Box`."""
        from prompt_toolkit import PromptSession  # noqa: PLC0415 (slow to import)
        from prompt_toolkit.key_binding import KeyBindings  # noqa: PLC0415

        def taken(key: str) -> "Callable[[KeyPressEvent], None]":
            return lambda event: event.app.exit(result=key)

        bindings = KeyBindings()
        for key in keys:
            bindings.add(key)(taken(key))
        bindings.add("<any>")(lambda _: None)
        session: PromptSession[str] = PromptSession(style=self._style, erase_when_done=True)
        message: StyleAndTextTuples = [("class:hint", hint + "\n"), ("", PROMPT)]
        try:
            return self._runner.run(session.prompt_async(message, key_bindings=bindings))
        except EOFError:
            return None

    def _application(self, buffer: "Buffer") -> "Application[Entry]":
        """The answer on top, the hints right below it, the rest of the screen empty."""
        from prompt_toolkit.application import Application  # noqa: PLC0415 (slow to import)
        from prompt_toolkit.layout import (  # noqa: PLC0415
            BufferControl,
            FormattedTextControl,
            HSplit,
            Layout,
            Window,
        )

        margin = " " * len(PROMPT)
        text = Window(
            BufferControl(buffer),
            wrap_lines=True,
            dont_extend_height=True,
            get_line_prefix=lambda line, wrap: PROMPT if line == wrap == 0 else margin,
        )
        hints = Window(FormattedTextControl(self._hints), dont_extend_height=True)
        return Application(
            Layout(HSplit([text, hints, Window()])),
            key_bindings=self._bindings(),
            style=self._style,
            erase_when_done=True,
            refresh_interval=1.0 if self._clock is not None else None,
        )

    def _hints(self) -> "StyleAndTextTuples":
        style, text = "hint", hints(self._look_now())
        if self._complaint:
            style, text = "complaint", wrapped(self._complaint, self._look_now())
        if self._clock is not None:
            text = f"{self._clock()}\n{text}"
        return [(f"class:{style}", "\n" + text)]

    def _bindings(self) -> "KeyBindings":
        from prompt_toolkit.key_binding import KeyBindings  # noqa: PLC0415 (slow to import)

        keys = KeyBindings()
        keys.add("enter")(self._on_enter)
        keys.add("escape", "enter")(lambda event: event.current_buffer.insert_text("\n"))
        keys.add("c-d")(self._on_end)
        keys.add("c-c")(self._on_leave)
        keys.add("<sigint>")(self._on_leave)
        return keys

    def _on_enter(self, event: "KeyPressEvent") -> None:
        """Send on an empty last line or behind a command; else start a new line.

        Keys that are already waiting mean a paste from a terminal that doesn't mark pastes:
        empty lines inside it do not send.
        """
        buffer = event.current_buffer
        document = buffer.document
        on_empty_last_line = document.is_cursor_at_the_end and not document.current_line.strip()
        pasting = any(press.key != CURSOR_REPORT for press in event.key_processor.input_queue)
        if not pasting and (on_empty_last_line or is_command(buffer.text)):
            self._submit(event)
        else:
            buffer.newline(copy_margin=False)

    def _on_end(self, event: "KeyPressEvent") -> None:
        last_call = ending(self._look_now())
        if event.current_buffer.text.strip():
            self._submit(event)
        elif self._complaint == last_call:
            event.app.exit(result=Entry(Action.QUIT))
        else:
            self._complaint = last_call

    def _on_leave(self, event: "KeyPressEvent") -> None:
        event.app.exit(result=Entry(Action.LEAVE, event.current_buffer.text))

    def _submit(self, event: "KeyPressEvent") -> None:
        buffer = event.current_buffer
        self._complaint = refusal(buffer.text, self._limit, self._look_now())
        if self._complaint:
            return
        action = command_of(buffer.text)
        if action is None:
            buffer.append_to_history()
        text = "" if action else buffer.text.strip()
        event.app.exit(result=Entry(action or Action.SEND, text))


class LineBox:
    """The box of a terminal without cursor movement: line by line, an empty line sends."""

    def __init__(self, look: Look, limit: int, write: Callable[[str], object]) -> None:
        self._look = look
        self._limit = limit
        self._write = write

    def answer(self, draft: str, on_change: OnChange, clock: Clock | None = None) -> Entry:
        """See `Box`; a clock that cannot move is told once."""
        text = draft
        if clock is not None:
            self._write(clock())
        if draft:
            self._write(visible(draft))
        ending_asked = False
        while True:
            try:
                line = self._line()
            except KeyboardInterrupt:
                return Entry(Action.LEAVE, text)
            if line is None and not text.strip():
                if ending_asked:
                    return Entry(Action.QUIT)
                ending_asked = True
                self._write(ending(self._look))
                continue
            ending_asked = False
            if line and (command := command_of(line)):
                return Entry(command, text)
            longer = f"{text}\n{line}".strip() if line else text.strip()
            complaint = refusal(longer, self._limit, self._look)
            if complaint:
                self._write(complaint)
            elif line and line.strip():
                text = longer
                on_change(text)
            else:
                return Entry(Action.SEND, longer)

    def choose(self, hint: str) -> str | None:
        """See `Box`."""
        self._write(hint)
        return self._line()

    def pick(self, hint: str, keys: str) -> str | None:
        """See `Box`; a line of its own, since this terminal has no single keys."""
        while True:
            reply = self.choose(hint)
            if reply is None or reply.strip().casefold() in ("", *keys):
                return reply and reply.strip().casefold()

    def _line(self) -> str | None:
        try:
            return input(PROMPT)
        except EOFError:
            return None
