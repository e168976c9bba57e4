"""Whether the words that a judging model quotes support its verdict.

A model can be careless, and an answer can talk it into anything. So each verdict has to be
earned in code: the quote must be in the answer, must be the candidate's own claim (neither the
question's words nor a sentence to the grader) and must have to do with the key point. A verdict
that fails falls back to what similarity sees, and never rises by that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from app.domain.assessment import Evidence, Verdict
from app.domain.question import KeyPoint, Question
from app.grading.clauses import Span, split_clauses
from app.grading.evidence import HOLLOW_WORDS, AnswerText, content_units, fold
from app.grading.rubric.orders import blank_out, find_orders, find_questions
from app.grading.rubric.reply import PointReply
from app.grading.rubric.suspicion import is_suspicious
from app.grading.similarity.grader import KeyPointView, SimilarityView
from app.language.detect import HAN


@dataclass(frozen=True, slots=True)
class SupportRules:
    """Limits of support; coverages are similarity's, 0 to 1, lengths in `content_units`.

    A passage under `partial_floor` has nothing to do with the key point, and one under
    `covered_floor` too little to cover it. A quote over `longest_quote` is no claim but a text,
    and is narrowed to the words that come nearest to the key point. A passage carries at most
    `points_per_passage` key points, and none that it supports by `passage_gap` less than another
    one quoted from it. Where a passage says less than `bare_title` beside the key point's title,
    it only drops the title.

    The floors were set on the development answers and the attacks that may be fitted on: scripted
    honest verdicts keep most of what they are, and an obeying model gains little.
    """

    covered_floor: float = 0.35
    partial_floor: float = 0.3
    longest_quote: int = 160
    points_per_passage: int = 2
    passage_gap: float = 0.3
    bare_title: int = 6


DEFAULT_RULES = SupportRules()


class Standing(StrEnum):
    """How a verdict's quote stood the checks; all but `sound` cost the verdict its support."""

    SOUND = "sound"
    ABSENT = "absent"
    ECHO = "echo"
    ORDER = "order"
    ASKS = "asks"
    UNRELATED = "unrelated"
    THIN = "thin"
    SHARED = "shared"
    TITLE = "title"
    LIST = "list"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One key point after the checks.

    `said` is the model's verdict, `verdict` what is left of it, `support` the coverage, 0 to 1,
    that similarity sees in the quoted passage, or in the whole answer where no quote counts.
    """

    point: KeyPoint
    said: Verdict
    verdict: Verdict
    standing: Standing
    reason: str
    evidence: Evidence | None = None
    support: float = 0.0


class SeesSimilarity(Protocol):
    """The part of the similarity grader that the checks need."""

    def view(self, question: Question, answer: str) -> SimilarityView:
        """What similarity sees in a text."""


_TOKEN = re.compile(rf"{HAN.pattern}|[a-z0-9]+")

_RANK = {
    Verdict.COVERED: 3,
    Verdict.PARTIAL: 2,
    Verdict.MISSING: 1,
    Verdict.CONTRADICTED: 0,
}


def weaker(one: Verdict, other: Verdict) -> Verdict:
    """The verdict of the two that earns less."""
    return min(one, other, key=_RANK.__getitem__)


class Sheet:
    """One answer with all that the checks need, worked out once."""

    def __init__(
        self,
        question: Question,
        answer: str,
        similarity: SeesSimilarity,
        rules: SupportRules = DEFAULT_RULES,
    ) -> None:
        self.question = question
        self.answer = answer
        self.orders = find_orders(answer)
        self._questions = find_questions(answer)
        self.own_words = blank_out(answer, self.orders + self._questions)
        self.strict = bool(self.orders) or is_suspicious(answer)
        self.view = similarity.view(question, self.own_words)
        self._similarity = similarity
        self._rules = rules
        self._text = AnswerText(answer)
        self._clauses = split_clauses(self.own_words)
        self._asked = fold(question.text).text
        self._titles = [fold(point.title).text for point in question.key_points]
        self._views = dict(
            zip((point.id for point in question.key_points), self.view.key_points, strict=True)
        )
        self._seen: dict[str, SimilarityView] = {}

    def seen(self, point: KeyPoint) -> KeyPointView:
        """How similarity sees a key point in the candidate's own words."""
        return self._views[point.id]

    def locate(self, quote: str) -> Evidence | None:
        """A quote's place, if these are the candidate's own words on the matter."""
        evidence = self._text.locate(quote)
        if evidence is None or self._is_echo(evidence):
            return None
        return None if _touches(evidence, self.orders + self._questions) else evidence

    def judge(self, reply: PointReply) -> Judgement:
        """One verdict after all checks that need no other verdict."""
        point = next(point for point in self.question.key_points if point.id == reply.id)
        if reply.verdict is Verdict.MISSING:
            seen = self.seen(point).coverage
            missing = Verdict.MISSING
            return Judgement(point, missing, missing, Standing.SOUND, reply.reason, support=seen)
        evidence = self._text.locate(reply.quote)
        standing, support = Standing.ABSENT, 0.0
        if evidence is not None:
            standing, support, evidence = self._weigh(point, reply.verdict, evidence)
        judgement = Judgement(
            point, reply.verdict, reply.verdict, standing, reply.reason, evidence, support
        )
        return judgement if standing is Standing.SOUND else self.fall_back(judgement)

    def fall_back(self, judgement: Judgement) -> Judgement:
        """What is left of a verdict whose quote failed: no more than similarity supports.

        A dropped title and thin words keep their quote and are partial at best. A contradiction
        that nothing shows is missing: an accusation needs evidence as well.
        """
        seen = self.seen(judgement.point)
        if judgement.standing is Standing.LIST:
            return replace(judgement, verdict=Verdict.MISSING, evidence=None, reason="")
        if judgement.standing in {Standing.TITLE, Standing.THIN}:
            limit = seen.verdict if self.strict else Verdict.PARTIAL
            verdict = weaker(weaker(judgement.said, Verdict.PARTIAL), limit)
            evidence = judgement.evidence if verdict is not Verdict.MISSING else None
            return replace(judgement, verdict=verdict, evidence=evidence)
        verdict = weaker(judgement.said, seen.verdict)
        if judgement.said is Verdict.CONTRADICTED and seen.verdict is not Verdict.CONTRADICTED:
            verdict = Verdict.MISSING
        window = seen.window if verdict is not Verdict.MISSING else None
        return replace(
            judgement, verdict=verdict, evidence=window, reason="", support=seen.coverage
        )

    def compare(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """The checks that need all verdicts of an answer: shared words, and lists of titles."""
        return self._part_shared(self._refuse_lists(judgements))

    def _refuse_lists(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """One dropped title is partial; several are a list of keywords and earn nothing."""
        bare = {
            j.point.id
            for j in judgements
            if j.evidence
            and _RANK[j.verdict] > _RANK[Verdict.MISSING]
            and (j.standing is Standing.TITLE or self._drops_title(j.point, j.evidence))
        }
        if len(bare) < 2:
            return list(judgements)
        return [
            self.fall_back(replace(j, standing=Standing.LIST)) if j.point.id in bare else j
            for j in judgements
        ]

    def _part_shared(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """Let each passage carry a few key points only, those that it supports best."""
        limit = self._rules.points_per_passage
        ranked = sorted(
            (j for j in judgements if j.evidence and _RANK[j.verdict] > _RANK[Verdict.MISSING]),
            key=lambda j: (-j.support, j.point.id),
        )
        excess: set[str] = set()
        for at, judgement in enumerate(ranked):
            better = [j for j in ranked[:at] if j.point.id not in excess and _same(j, judgement)]
            nearer = any(j.support - judgement.support > self._rules.passage_gap for j in better)
            full = nearer or len(better) >= limit
            if full and judgement.standing is Standing.SOUND:
                excess.add(judgement.point.id)
        return [
            self.fall_back(replace(j, standing=Standing.SHARED)) if j.point.id in excess else j
            for j in judgements
        ]

    def _weigh(
        self, point: KeyPoint, verdict: Verdict, evidence: Evidence
    ) -> tuple[Standing, float, Evidence]:
        if _touches(evidence, self.orders):
            return Standing.ORDER, 0.0, evidence
        if _touches(evidence, self._questions):
            return Standing.ASKS, 0.0, evidence
        if self._is_echo(evidence):
            return Standing.ECHO, 0.0, evidence
        passage = self._passage(evidence)
        view = self._view_of(passage.of(self.own_words))
        seen = view.key_points[self.question.key_points.index(point)]
        if verdict is Verdict.CONTRADICTED:
            return Standing.SOUND, seen.coverage, evidence
        if seen.coverage < self._rules.partial_floor:
            return Standing.UNRELATED, seen.coverage, evidence
        nearest = self._nearest(evidence, passage, seen)
        if verdict is Verdict.COVERED and self._drops_title(point, nearest):
            return Standing.TITLE, seen.coverage, evidence
        if verdict is Verdict.COVERED and seen.coverage < self._rules.covered_floor:
            return Standing.THIN, seen.coverage, evidence
        if self.strict and _RANK[self.seen(point).verdict] < _RANK[verdict]:
            return Standing.STRICT, seen.coverage, evidence
        too_long = content_units(fold(evidence.quote).text) > self._rules.longest_quote
        return Standing.SOUND, seen.coverage, nearest if too_long else evidence

    def _nearest(self, evidence: Evidence, passage: Span, seen: KeyPointView) -> Evidence:
        """The words of the passage that come nearest to the key point."""
        if seen.window is None:
            return evidence
        return self._text.span(passage.start + seen.window.start, passage.start + seen.window.end)

    def _passage(self, evidence: Evidence, more: int = 0) -> Span:
        """The clauses that hold the quote, whole, and so many more that follow."""
        touched = [
            index
            for index, clause in enumerate(self._clauses)
            if clause.start < evidence.end and evidence.start < clause.end
        ]
        if not touched:
            return Span(evidence.start, evidence.end)
        first = self._clauses[touched[0]]
        last = self._clauses[min(touched[-1] + more, len(self._clauses) - 1)]
        return Span(min(first.start, evidence.start), max(last.end, evidence.end))

    def _view_of(self, text: str) -> SimilarityView:
        if text not in self._seen:
            self._seen[text] = self._similarity.view(self.question, text)
        return self._seen[text]

    def _drops_title(self, point: KeyPoint, evidence: Evidence) -> bool:
        """Whether the quote names the key point, and neither it nor what follows says more."""
        title = fold(point.title).text
        if title not in fold(evidence.quote).text:
            return False
        words = fold(self._passage(evidence, more=1).of(self.own_words)).text
        for name in (*self._titles, self._asked):
            words = words.replace(name, " ") if name else words
        return _variety(words) < self._rules.bare_title

    def _is_echo(self, evidence: Evidence) -> bool:
        return fold(evidence.quote).text in self._asked


def _variety(words: str) -> int:
    """The length of folded text in `content_units`, each word once and hollow ones not at all."""
    tokens = dict.fromkeys(_TOKEN.findall(words))
    return content_units(" ".join(token for token in tokens if token not in HOLLOW_WORDS))


def _touches(evidence: Evidence, spans: Sequence[Span]) -> bool:
    return any(span.start < evidence.end and evidence.start < span.end for span in spans)


def _same(one: Judgement, other: Judgement) -> bool:
    """Whether two verdicts rest on the same words: the shorter quote lies mostly in the longer."""
    if one.evidence is None or other.evidence is None:
        return False
    return overlap(one.evidence, other.evidence) > 0.5


def overlap(one: Evidence, other: Evidence) -> float:
    """The common stretch as a share of the shorter quote, 0 to 1."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(common, 0) / max(min(len(one.quote), len(other.quote)), 1)


def apart(evidence: Evidence, others: Iterable[Evidence]) -> bool:
    """Whether a quote shares no words with any of the others."""
    return all(overlap(evidence, other) == 0.0 for other in others)
