"""The checks of `mockint doctor`: each says what it found and what to do about it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.bank.shelf import Shelf
from app.cli.tongue import LOCALE_VARIABLES
from app.domain.question import Question
from app.embedding.base import Embedder
from app.errors import MockintError
from app.language.messages import Translate
from app.llm.base import ChatModel
from app.llm.probe import probe
from app.settings import Settings, is_loopback

LITTLE_SPACE = 200 * 10**6
MEGABYTE, GIGABYTE = 10**6, 10**9


class Part(StrEnum):
    """What is checked."""

    TERMINAL = "terminal"
    HOME = "data folder"
    BANKS = "question banks"
    EMBEDDER = "embedder"
    INDEX = "index"
    LANGUAGE_MODEL = "language model"
    SERVER = "server"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found; `remedy` is empty where there is nothing to do."""

    part: Part
    level: Level
    message: str
    remedy: str = ""


def attempted(part: Part, work: Callable[[], Check]) -> Check:
    """The check that `work` returns, or a failed one where it raises a MockintError."""
    try:
        return work()
    except MockintError as error:
        return Check(part, Level.FAIL, error.message, error.remedy)


def check_home(settings: Settings, say: Translate) -> Check:
    """Whether the data folder takes new files, and has room for them."""
    home = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as file:
            file.write(b"mockint")
    except OSError as error:
        return Check(
            Part.HOME,
            Level.FAIL,
            say("{home} cannot be written: {reason}.").format(home=home, reason=error.strerror),
            say("Give yourself the right to write there, or set MOCKINT_HOME to another folder."),
        )
    free = shutil.disk_usage(home).free
    message = say("{home}, {free} free").format(home=home, free=_size(free))
    if free < LITTLE_SPACE:
        return Check(Part.HOME, Level.WARN, message, say("Make room: the index needs some of it."))
    return Check(Part.HOME, Level.OK, message)


def _size(count: int) -> str:
    """Bytes as disks and file managers count them."""
    return f"{count // MEGABYTE} MB" if count < GIGABYTE else f"{count / GIGABYTE:.1f} GB"


def check_banks(shelf: Shelf, say: Translate) -> Check:
    """Whether there is anything to ask, and whether every bank file could be read."""
    count = len(shelf.questions)
    message = say("{questions} questions in {banks} banks").format(
        questions=count, banks=len(shelf.banks)
    )
    if not count:
        remedy = say("Import a bank with mockint bank import, or correct MOCKINT_BANK.")
        return Check(Part.BANKS, Level.FAIL, " ".join((message, *shelf.notices)), remedy)
    if shelf.notices:
        remedy = say("Correct these files, or remove them.")
        return Check(Part.BANKS, Level.WARN, " ".join((message, *shelf.notices)), remedy)
    return Check(Part.BANKS, Level.OK, message)


def check_embedder(embedder: Embedder, question: Question, say: Translate) -> Check:
    """Whether the embedder can be loaded and turns a question into a vector."""
    vectors = embedder.embed([question.text])
    message = say("{name}, {dimension} dimensions").format(
        name=embedder.name, dimension=vectors.shape[1]
    )
    if not vectors.any():
        return Check(
            Part.EMBEDDER,
            Level.WARN,
            message,
            say("It knows no word of this question: choose an embedder for its language."),
        )
    return Check(Part.EMBEDDER, Level.OK, message)


async def check_chat_model(model: ChatModel | None, say: Translate) -> Check:
    """Whether the language model answers a tiny request."""
    if model is None:
        return Check(
            Part.LANGUAGE_MODEL,
            Level.OK,
            say("none configured: answers are graded by similarity only"),
            say("For sharper grades set MOCKINT_LLM_MODEL and, if needed, OPENAI_BASE_URL."),
        )
    try:
        reply = await probe(model)
    except MockintError as error:
        return Check(Part.LANGUAGE_MODEL, Level.FAIL, error.message, error.remedy)
    return Check(
        Part.LANGUAGE_MODEL,
        Level.OK,
        say("{model} replies").format(model=reply.model or model.name),
    )


def check_server(settings: Settings, say: Translate) -> Check:
    """Whom `mockint serve` would be open to."""
    where = f"{settings.host}:{settings.port}"
    if settings.access_token.get_secret_value():
        message = say("{where}, asks every visitor for the access token").format(where=where)
        return Check(Part.SERVER, Level.OK, message)
    if is_loopback(settings.host):
        message = say("{where}, for this machine only").format(where=where)
        return Check(Part.SERVER, Level.OK, message)
    return Check(
        Part.SERVER,
        Level.WARN,
        say("{where} is open to the network, without an access token").format(where=where),
        say("Set MOCKINT_ACCESS_TOKEN; without it only people with an account come in."),
    )


def check_terminal(environ: Mapping[str, str], say: Translate) -> Check:
    """Whether this terminal can show Chinese, colours and a box to type in."""
    stream = sys.stdout
    encoding = (stream.encoding or "ascii").lower()
    set_by = next((key for key in LOCALE_VARIABLES if environ.get(key)), "")
    facts = [encoding, f"{set_by}={environ[set_by]}" if set_by else say("no locale set")]
    if stream.isatty():
        facts.append(f"{environ.get('TERM', '?')}, {os.get_terminal_size(stream.fileno()).columns}")
    message = ", ".join(facts)
    if "utf" not in encoding:
        remedy = say("Set LANG to a UTF-8 locale such as C.UTF-8, else Chinese cannot be shown.")
        return Check(Part.TERMINAL, Level.WARN, message, remedy)
    if stream.isatty() and environ.get("TERM", "dumb") == "dumb":
        remedy = say("Use a terminal with cursor movement for the many-line answer box.")
        return Check(Part.TERMINAL, Level.WARN, message, remedy)
    return Check(Part.TERMINAL, Level.OK, message)
