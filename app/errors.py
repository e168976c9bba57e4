"""Every error that mockint raises on purpose.

::

    MockintError
    ├── SettingsError          a setting that cannot be used
    ├── BankError              a bank file that cannot be read, with file and line
    │   └── BankChanged             somebody else changed it meanwhile; nothing was written
    ├── DocumentError          a job description or résumé that cannot be read
    ├── QuestionNotFound       an id that no loaded bank has
    ├── AnswerTooLong          an answer over the limit; nothing was graded
    ├── CalibrationBroken      a calibration file that is missing, damaged or of another version
    ├── EmbedderError          an embedding model that cannot be loaded or reached
    ├── VectorIndexError       the vector index cannot be opened, read or written
    ├── ChatModelError         the LLM gave no usable reply
    │   ├── ChatModelUnreachable    no connection, or no reply before the deadline
    │   ├── ChatModelRefused        the endpoint answered with an error
    │   ├── ReplyUnusable           a reply that is cut, not JSON, or misses what was asked
    │   ├── AllowanceSpent          whoever asks has used up the day's tokens
    │   └── RecordingMissing        replay was asked for, and no recording has this request
    ├── StoreError             the database cannot be opened, read or written
    │   ├── SessionNotFound         no session has this id, or not for this owner
    │   ├── SessionChanged          somebody else was quicker; nothing was stored
    │   │   └── VerdictsWithheld        of an interview nothing is told before its end
    │   ├── ExportUnusable          a file to be imported is no whole export
    │   └── AccountTaken            the name of an account is somebody's already
    ├── VisitError             a visitor of the server asked for what is not to be had
    │   ├── NotAdmitted             the access token was not given, or nobody is signed in
    │   ├── NotAllowed              this visitor may not do that
    │   ├── TeamNotFound            no such team or invitation, or not for this visitor
    │   ├── RequestUnusable         a form or a request that cannot be read
    │   ├── RequestTooLarge         a body over the limit
    │   └── LimitReached            too many requests, or the day's spending is used up
    └── EvalError              cases, recordings or figures that cannot be used

A message says what happened, a remedy what to do about it. The faces (cli, web) catch
`MockintError` once and show both; anything else is a defect and keeps its traceback.

Both are written in English. One with names or figures in it is made by `filled`, so that a face can
say it in another language (`app/language/failures.py`); an f-string could only be shown as it is.
"""

from typing import Self


class Filled(str):
    """An English text that remembers its template, and the values which stand in it."""

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """The template with its `{places}` filled as by `str.format`; without values, as it is."""
        held = {name: _held(value) for name, value in values.items()}
        text = super().__new__(cls, template.format(**held) if held else template)
        text.template = template
        text.values = held
        return text

    def with_values(self, **values: object) -> Self:
        """The same text with other values in some places."""
        return type(self)(self.template, **(self.values | values))


def filled(template: str, **values: object) -> Filled:
    """A message or a remedy with values in it.

    A value that is itself `filled` is translated with it; every other value stays as it is.
    """
    return Filled(template, **values)


def _template(text: str) -> Filled:
    return text if isinstance(text, Filled) else Filled(text)


def _held(value: object) -> object:
    """What is kept of a value: an exception only as what it says."""
    if not isinstance(value, BaseException):
        return value
    said = value.args[0] if len(value.args) == 1 else value
    return said if isinstance(said, Filled) else str(value)


class MockintError(Exception):
    """A failure that the user can act on.

    `message` says what is wrong, `remedy` what to do; both are one or two plain sentences.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    @property
    def whole(self) -> Filled:
        """Message and remedy as one text."""
        message, remedy = _template(self.message), _template(self.remedy)
        return filled("{message} {remedy}", message=message, remedy=remedy) if remedy else message


class SettingsError(MockintError):
    """A setting has a value that cannot be used."""


class BankError(MockintError):
    """A bank file cannot be read or written; `file` and `line` say where (line counts from 1).

    `what` is the message without the place.
    """

    def __init__(
        self, message: str, remedy: str = "", *, file: str = "", line: int | None = None
    ) -> None:
        where = f"{file}:{line}" if file and line else file
        self.what = _template(message)
        located = filled("{where}: {what}", where=where, what=self.what) if where else self.what
        super().__init__(located, remedy)
        self.file = file
        self.line = line


class BankChanged(BankError):
    """What was to be changed is not as it was when it was looked at; nothing was written."""


class DocumentError(MockintError):
    """A job description or a résumé cannot be read, or is beyond what is read of one."""


class QuestionNotFound(MockintError):
    """No loaded bank holds a question with this id, or none is left after filtering."""


class AnswerTooLong(MockintError):
    """The answer is over the limit and was not graded."""


class CalibrationBroken(MockintError):
    """A calibration file is missing, damaged or of another version."""


class EmbedderError(MockintError):
    """An embedding model cannot be loaded, or its endpoint does not answer."""


class VectorIndexError(MockintError):
    """The vector index cannot be opened, read or written."""


class ChatModelError(MockintError):
    """The language model gave no reply that can be used."""


class ChatModelUnreachable(ChatModelError):
    """No connection, or no full reply before the deadline."""


class ChatModelRefused(ChatModelError):
    """The endpoint refused, and retrying does not mend it; `status` is the HTTP code."""

    def __init__(self, message: str, remedy: str = "", *, status: int | None = None) -> None:
        super().__init__(message, remedy)
        self.status = status


class ReplyUnusable(ChatModelError):
    """The reply is cut off, is not the JSON asked for, or misses key points."""


class AllowanceSpent(ChatModelError):
    """Whoever asks has used up the day's tokens; no request was made."""


class RecordingMissing(ChatModelError):
    """Replay was asked for and no recording matches the request."""


class StoreError(MockintError):
    """The database cannot be opened, read or written."""


class SessionNotFound(StoreError):
    """There is no session with this id, or it is somebody else's; the two look the same."""


class SessionChanged(StoreError):
    """The session has moved on in another window or process; nothing was stored."""


class VerdictsWithheld(SessionChanged):
    """An interview is under way, of which nothing is told before its end."""


class ExportUnusable(StoreError):
    """A file to be imported is no whole export of ours; nothing was stored."""


class AccountTaken(StoreError):
    """The name of an account is somebody's already; nothing was stored."""


class VisitError(MockintError):
    """A visitor of the server asked for something that is not to be had."""


class NotAdmitted(VisitError):
    """The access token was not given, or nobody is signed in."""


class NotAllowed(VisitError):
    """This visitor may not do that."""


class TeamNotFound(VisitError):
    """There is no such team or invitation, or it is not for this visitor; both look the same."""


class RequestUnusable(VisitError):
    """A form or a request cannot be read."""


class RequestTooLarge(VisitError):
    """The body is over the limit."""


class LimitReached(VisitError):
    """Too much was asked for; `retry_after` says in how many seconds there is room again."""

    def __init__(self, message: str, remedy: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after


class EvalError(MockintError):
    """Evaluation cases, recordings or figures cannot be used as asked."""
