"""Looks over the other wordings of key points: what adds nothing, and what misleads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.bank.findings import Finding, Rule, about_point
from app.bank.prose import width
from app.domain.question import KeyPoint, Question
from app.embedding.base import Embedder, Vectors
from app.language.messages import Translate

LONGEST_WORDING = 160
"""Widest wording, in Latin letters or half Han characters: one statement and no more."""

NEARER = 0.2
"""How much nearer a wording comes to another key point of its question than to its own before
that is worth a look: everyday words often lie a little nearer, and a wording that was put below
the wrong key point mostly more (a test moves the shipped ones)."""


def check_wordings(
    questions: Sequence[Question], embedder: Embedder, say: Translate
) -> Iterator[Finding]:
    """Wordings that repeat something, say too much, or seem to belong to another key point."""
    worded = [question for question in questions if any(p.wordings for p in question.key_points)]
    for question in worded:
        for point in question.key_points:
            yield from _check_shape(question, point, say)
    yield from _check_meaning(worded, embedder, say)


def _check_shape(question: Question, point: KeyPoint, say: Translate) -> Iterator[Finding]:
    known = {_plain(point.title)}
    for wording in point.wordings:
        if _plain(wording) in known:
            message = say("The wording {wording!r} of {title!r} repeats its title or another one.")
            remedy = say("Say it in words that are not there yet, or leave it out.")
            text = message.format(wording=wording, title=point.title)
            yield about_point(question, point, Rule.REPEATED_WORDING, text, remedy)
        known.add(_plain(wording))
        if width(wording) > LONGEST_WORDING:
            message = say("The wording {wording!r} of {title!r} is over {limit} columns wide.")
            remedy = say("Say one thing in it, as a candidate would in one sentence.")
            text = message.format(wording=wording, title=point.title, limit=LONGEST_WORDING)
            yield about_point(question, point, Rule.LONG_WORDING, text, remedy)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text of the key point at `place`; a wording unless it is the statement itself."""

    place: int
    text: str
    is_wording: bool


def _check_meaning(
    questions: Sequence[Question], embedder: Embedder, say: Translate
) -> Iterator[Finding]:
    """One call of the embedder for all questions."""
    pieces = [list(_pieces(question)) for question in questions]
    texts = [piece.text for mine in pieces for piece in mine]
    if not texts:
        return
    vectors, start = embedder.embed(texts), 0
    for question, mine in zip(questions, pieces, strict=True):
        yield from _strayed(question, mine, vectors[start : start + len(mine)], say)
        start += len(mine)


def _pieces(question: Question) -> Iterator[_Piece]:
    for place, point in enumerate(question.key_points):
        yield _Piece(place, point.statement, False)
        yield from (_Piece(place, wording, True) for wording in point.wordings)


def _strayed(
    question: Question, pieces: Sequence[_Piece], vectors: Vectors, say: Translate
) -> Iterator[Finding]:
    """Wordings that come nearer to what is said of another key point than to the rest of theirs."""
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1.0)
    places = np.array([piece.place for piece in pieces])
    for row, piece in enumerate(pieces):
        others = np.flatnonzero(places != piece.place)
        if not piece.is_wording or not len(others):
            continue
        nearest = int(others[near[row, others].argmax()])
        similarity, own = float(near[row, nearest]), float(near[row, places == piece.place].max())
        if similarity - own >= NEARER:
            message = say("The wording {wording!r} of {title!r} comes nearer to {other!r}.")
            remedy = say("Put it below the key point that it says, or say what sets it apart.")
            point, other = (question.key_points[at] for at in (piece.place, places[nearest]))
            text = message.format(wording=piece.text, title=point.title, other=other.title)
            yield about_point(
                question, point, Rule.STRAY_WORDING, text, remedy, round(similarity, 4)
            )


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
