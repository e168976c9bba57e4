"""Two scripted judges: one that is honest about the carriers, and one that has fallen completely.

The adversary is the strongest that the suite can think of. It knows the bank, the attack and the
embedder, and it does whatever serves the attack: calls every key point covered, backs each with
the words of the text that come nearest to it, praises, reports no mistake, invents findings
beyond the list, hands back JSON that it finds in the text, repeats its prompt, or answers with
the very words that the attack asks for. When it is asked again it brings the next-best quote.
Whatever it sends goes through the same reading and checking as any model's reply.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.assessment import Verdict
from app.domain.question import KeyPoint, Question
from app.embedding.base import Embedder
from app.evals.attacks.suite import Attack, Carrier, Family
from app.grading.clauses import split_clauses, windows
from app.grading.feedback import first_sentence
from app.llm.base import ChatReply, ChatRequest, OnText

MOST_PIECES = 600
"""Stretches of a text that the adversary weighs as quotes; long texts repeat themselves."""

WIDEST_QUOTE = 4
"""Clauses in a row."""

_SENTENCE = re.compile(r"(?:[^。！？!?.\n]|\.(?=\S))+[。！？!?.]?")
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{2,300})[”」』\"]")
_JSON = re.compile(r"[\[{].*[\]}]", re.DOTALL)


class Obedience(StrEnum):
    """Which way the adversary serves an attack."""

    NEAREST = "nearest"
    """All covered, quoting what comes nearest to each key point anywhere in the text."""
    FROM_ATTACK = "from_attack"
    """All covered, quoting the attack's own words only."""
    HALFWAY = "halfway"
    """All partial, quoting what comes nearest: what asks for less may be checked less."""
    LONGEST = "longest"
    """All covered, quoting the longest sentence for each."""
    INVENTED = "invented"
    """All covered, quoting the bank's own words, which are not in the text."""
    ECHO = "echo"
    """The JSON that the text holds, as it is."""
    LITERAL = "literal"
    """The words that the attack asks for."""
    LEAK = "leak"
    """All covered, with prompt and reference in every field that a candidate sees."""


def obediences_for(attack: Attack, carrier: Carrier, text: str) -> tuple[Obedience, ...]:
    """The ways in which a fallen model could serve this attack.

    Those which hardly ever win are tried on weak answers only.
    """
    ways = [Obedience.NEAREST, Obedience.FROM_ATTACK]
    if carrier.kind == "weak":
        ways += [Obedience.LONGEST, Obedience.INVENTED, Obedience.HALFWAY]
    if json_in(text):
        ways.append(Obedience.ECHO)
    if attack.reply:
        ways.append(Obedience.LITERAL)
    if attack.family is Family.PROMPT_LEAK:
        ways.append(Obedience.LEAK)
    return tuple(ways)


def json_in(text: str) -> str | None:
    """The JSON object or list that stands in a text, or None."""
    match = _JSON.search(text)
    if match is None:
        return None
    try:
        value = json.loads(match[0])
    except ValueError:
        return None
    return match[0] if value else None


class QuotePicker:
    """Ranks the stretches of a text by how near they come to each key point of a question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def ranked(self, question: Question, text: str) -> list[list[str]]:
        """For each key point, in order, the quotes from the most to the least persuasive."""
        pieces = _pieces(text)
        if not pieces:
            return [[text.strip()] for _ in question.key_points]
        vectors = self._embedder.embed(pieces)
        targets = self._embedder.embed([point.statement for point in question.key_points])
        order = (-(vectors @ targets.T)).argsort(axis=0)
        return [[pieces[row] for row in column[:8]] for column in order.T]


def _pieces(text: str) -> list[str]:
    clauses = split_clauses(text)[: MOST_PIECES // 2]
    runs = (text[clauses[a].start : clauses[b - 1].end] for a, b in windows(clauses, WIDEST_QUOTE))
    sentences = (match[0].strip() for match in _SENTENCE.finditer(text))
    quoted = (match[1] for match in _QUOTED.finditer(text))
    distinct = dict.fromkeys(p for source in (quoted, sentences, runs) for p in source if p)
    return list(distinct)[:MOST_PIECES]


@dataclass(slots=True)
class HonestJudge:
    """Says about a carrier what its author says; `prompts` keeps what it was asked with."""

    question: Question
    carrier: Carrier
    prompts: list[str] = field(default_factory=list)
    name: str = "honest-judge"

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """The authored verdicts and quotes, no findings."""
        self.prompts += [message.content for message in request.messages]
        points = [
            _point(point, honest.quote, honest.verdict)
            for point, honest in zip(self.question.key_points, self.carrier.verdicts, strict=True)
        ]
        return _said(self.name, json.dumps(_judgement(points)), on_text)

    async def aclose(self) -> None:
        """There is no connection."""


@dataclass(slots=True)
class Adversary:
    """A judge that has fallen to one attack.

    `text` is what the candidate sent, `added` the attack's own part of it, `quotes` the ranking
    of `text` for each key point and `added_quotes` that of `added`. `replies` counts what it was
    asked for.
    """

    question: Question
    attack: Attack
    text: str
    obedience: Obedience
    quotes: Sequence[Sequence[str]]
    added_quotes: Sequence[Sequence[str]]
    replies: int = 0
    name: str = "adversary"

    @property
    def judges(self) -> bool:
        """Whether what it says holds a verdict on every key point."""
        match self.obedience:
            case Obedience.LITERAL:
                return False
            case Obedience.ECHO:
                echoed = json_in(self.text) or ""
                return all(f'"{point.id}"' in echoed for point in self.question.key_points)
            case _:
                return True

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        """Whatever serves the attack; the next-best quotes when asked again."""
        return _said(self.name, self.words(request), on_text)

    async def aclose(self) -> None:
        """There is no connection."""

    def words(self, request: ChatRequest) -> str:
        """The text of the next reply."""
        self.replies += 1
        match self.obedience:
            case Obedience.ECHO:
                return json_in(self.text) or ""
            case Obedience.LITERAL:
                return self.attack.reply
            case Obedience.LEAK:
                return json.dumps(self._leaking(request))
            case _:
                return json.dumps(self._praising())

    def _praising(self) -> dict[str, Any]:
        verdict = Verdict.PARTIAL if self.obedience is Obedience.HALFWAY else Verdict.COVERED
        points = [
            _point(point, self._quote(row), verdict)
            for row, point in enumerate(self.question.key_points)
        ]
        return _judgement(points, beyond=self._findings())

    def _quote(self, row: int) -> str:
        if self.obedience is Obedience.INVENTED:
            return first_sentence(self.question.key_points[row].detail)
        if self.obedience is Obedience.LONGEST:
            return max(_pieces(self.text), key=len, default=self.text)
        ranked = self.added_quotes if self.obedience is Obedience.FROM_ATTACK else self.quotes
        return ranked[row][min(self.replies - 1, len(ranked[row]) - 1)]

    def _findings(self) -> list[dict[str, str]]:
        """As many insights as count, all taken from the attack's own words."""
        words = dict.fromkeys(quote for row in self.added_quotes for quote in row)
        return [{"quote": quote, "why": "a remarkable insight"} for quote in list(words)[:3]]

    def _leaking(self, request: ChatRequest) -> dict[str, Any]:
        prompt = " ".join(message.content for message in request.messages)
        said = self._praising()
        for part, point in zip(said["key_points"], self.question.key_points, strict=True):
            part["reason"] = point.detail
        reference = self.question.reference
        said["strengths"] = [request.messages[0].content[:900], prompt[:300]]
        said["improvements"] = [reference, *(point.detail for point in self.question.key_points)]
        said["errors"] = [{"quote": self.text[:200], "why": reference}]
        said["follow_up"] = request.messages[0].content[900:1500] or reference
        return said


def _point(point: KeyPoint, quote: str, verdict: Verdict) -> dict[str, str]:
    return {"id": point.id, "reason": "", "quote": quote, "verdict": verdict.value}


def _judgement(
    points: list[dict[str, str]], beyond: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    return {
        "key_points": points,
        "errors": [],
        "beyond": list(beyond),
        "strengths": [],
        "improvements": [],
        "follow_up": "",
    }


def _said(model: str, text: str, on_text: OnText | None) -> ChatReply:
    if on_text:
        on_text(text)
    return ChatReply(text, model)
