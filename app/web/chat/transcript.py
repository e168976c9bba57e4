"""What was said so far, question by question, in the order in which it was said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.assessment import Assessment, KeyPointResult
from app.domain.events import Hint, Remark, Speaker
from app.domain.poker_face import is_withheld
from app.domain.question import Question
from app.domain.rescore import attainable, hint_share
from app.domain.session import Attempt, Exchange, Session, Turn
from app.interview.conversation import Choice
from app.interview.hints import shares_of
from app.web.chat.card import Card, make_card
from app.web.live.wire import offers

OnWay = Mapping[int, Sequence[KeyPointResult]]
"""Verdicts so far of the gradings under way, by the number of the answer."""


class EntryKind(StrEnum):
    """What an entry of the transcript is."""

    CANDIDATE = "candidate"
    INTERVIEWER = "interviewer"
    HINT = "hint"
    FOLLOW_UP = "follow_up"
    AGAIN = "again"
    ANSWER = "answer"
    SKIPPED = "skipped"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class HintCost:
    """What a hint leaves: a share of its key point, and the best score for the question."""

    step: int
    share: float
    attainable: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said; `at` orders them."""

    kind: EntryKind
    at: float
    text: str = ""
    card: Card | None = None
    cost: HintCost | None = None

    @property
    def name(self) -> str:
        """A word that no other entry of its kind has."""
        return f"{self.kind}-{self.at:g}".replace(".", "-")


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt that another one followed, folded up to the assessment that counts for it.

    `answered_at` is None where nothing was answered.
    """

    number: int
    entries: tuple[Entry, ...]
    standing: Assessment | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and all that came of it; `standing` is the assessment to sum it up by.

    `past` are the attempts before the newest one, which `entries` tell of.
    """

    position: int
    question: Question
    requirement: str
    reason: str
    past: tuple[PastAttempt, ...]
    entries: tuple[Entry, ...]
    standing: Assessment | None
    is_current: bool


def turns_of(session: Session, on_way: OnWay) -> tuple[TurnView, ...]:
    """The turns so far, as far as the candidate may see them."""
    withheld = is_withheld(session)
    return tuple(_turn_view(session, turn, on_way, withheld=withheld) for turn in session.turns)


def _turn_view(session: Session, turn: Turn, on_way: OnWay, *, withheld: bool) -> TurnView:
    entries = [
        *_hints(turn),
        *_remarks(session.remarks, turn.position),
        *_references(turn),
        *(entry for one in turn.attempts for entry in _attempt(turn, one, on_way, withheld)),
    ]
    past, newest = _by_attempt(turn, sorted(entries, key=lambda entry: entry.at), withheld=withheld)
    planned = turn.asked.planned
    counting = turn.result or turn.attempt.main.counting
    return TurnView(
        turn.position,
        turn.question,
        planned.requirement if planned else "",
        planned.reason if planned else "",
        past,
        newest,
        None if withheld or counting is None else counting.assessment,
        turn is session.current,
    )


def _by_attempt(
    turn: Turn, entries: Sequence[Entry], *, withheld: bool
) -> tuple[tuple[PastAttempt, ...], tuple[Entry, ...]]:
    """The attempts before the newest one, and what belongs to that.

    A reference answer that was read stays in sight.
    """
    past: list[PastAttempt] = []
    newest: list[Entry] = []
    for entry in entries:
        if entry.kind is EntryKind.AGAIN:
            attempt = turn.attempts[len(past)]
            standing = None if withheld else _standing(attempt)
            folded = [one for one in newest if one.kind is not EntryKind.REFERENCE]
            at = attempt.main.answer.at if attempt.main.answer else None
            past.append(PastAttempt(attempt.number, tuple(folded), standing, at))
            newest = [one for one in newest if one.kind is EntryKind.REFERENCE]
        newest.append(entry)
    return tuple(past), tuple(newest)


def _standing(attempt: Attempt) -> Assessment | None:
    counting = attempt.main.counting
    return None if counting is None else counting.assessment


def _hints(turn: Turn) -> Iterator[Entry]:
    weights = {point.id: point.weight for point in turn.question.key_points}
    for number, hint in enumerate(turn.hints, start=1):
        cost = HintCost(
            hint.step,
            hint_share(hint.step),
            attainable(weights, shares_of(turn.hints[:number])),
        )
        yield _hint(hint, cost)


def _hint(hint: Hint, cost: HintCost) -> Entry:
    return Entry(EntryKind.HINT, hint.seq, hint.text, cost=cost)


def _remarks(remarks: Sequence[Remark], position: int) -> Iterator[Entry]:
    for remark in remarks:
        if remark.position == position:
            is_candidate = remark.speaker is Speaker.CANDIDATE
            kind = EntryKind.CANDIDATE if is_candidate else EntryKind.INTERVIEWER
            yield Entry(kind, remark.seq, remark.text)


def _references(turn: Turn) -> Iterator[Entry]:
    if turn.references:
        yield Entry(EntryKind.REFERENCE, turn.references[0].seq)


def _attempt(turn: Turn, attempt: Attempt, on_way: OnWay, withheld: bool) -> Iterator[Entry]:
    newest = attempt is turn.attempt
    if attempt.number > 1:
        yield Entry(EntryKind.AGAIN, attempt.opened, str(attempt.number))
    can_do = offers(turn) if newest and not withheld else ()
    for exchange in attempt.exchanges:
        yield from _exchange(turn, attempt, exchange, on_way, withheld, can_do)
    if attempt.main.skipped:
        later = next((one for one in turn.attempts if one.number > attempt.number), None)
        yield Entry(EntryKind.SKIPPED, later.opened - 0.5 if later else float("inf"))


def _exchange(
    turn: Turn,
    attempt: Attempt,
    exchange: Exchange,
    on_way: OnWay,
    withheld: bool,
    can_do: tuple[Choice, ...],
) -> Iterator[Entry]:
    asked, answer = exchange.follow_up, exchange.answer
    if asked is not None:
        yield Entry(EntryKind.FOLLOW_UP, asked.seq, asked.text)
        if exchange.skipped:
            yield Entry(EntryKind.SKIPPED, asked.seq + 0.5)
    if answer is not None:
        card = make_card(
            turn,
            attempt,
            exchange,
            on_way=on_way.get(answer.seq),
            withheld=withheld,
            offers=can_do if asked is None else (),
        )
        yield Entry(EntryKind.ANSWER, answer.seq, card=card)
