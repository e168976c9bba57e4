"""Whether the words that a judging model quotes support its verdict.

A model can be careless, and an answer can talk it into anything. So each verdict has to be
earned in code: the quote must be in the answer, must be the candidate's own claim (neither the
question's words nor a sentence to the grader nor a list of names) and must have to do with the
key point. A verdict that fails falls back to what similarity sees, and never rises by that.

How much a quote has to show depends on trust. Where the answer speaks to its grader or hides
something, or where another verdict of the same reply praised words that support nothing, every
verdict has to show more: a model that was caught once gets no benefit of the doubt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.assessment import Evidence, Verdict
from app.domain.question import KeyPoint, Question
from app.grading.clauses import Span, text_units
from app.grading.evidence import AnswerText, content_units, fold
from app.grading.feedback import first_sentence
from app.grading.guard import Guarded
from app.grading.names import asked_words, find_mentions, says_nothing, variety
from app.grading.orders import blank_out, find_lists, find_orders, find_questions
from app.grading.rubric.judgement import (
    DEFAULT_RULES,
    RANK,
    UNFOUNDED,
    Judgement,
    Standing,
    SupportRules,
    distrusted,
    earns,
    nothing_left,
    weaker,
)
from app.grading.rubric.passage import Passages, SeesSimilarity, Support
from app.grading.rubric.reply import PointReply
from app.grading.similarity.view import KeyPointView
from app.grading.suspicion import find_asides, is_suspicious


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
        self._asides = find_asides(answer)
        self._questions = find_questions(answer)
        self._lists = find_lists(answer) if _asks_for_claims(question) else ()
        self.own_words = blank_out(answer, self.orders + self._questions)
        self.strict = bool(self.orders) or is_suspicious(answer, similarity.terms)
        self.view = similarity.view(question, self.own_words)
        off_topic = self.view.guard is not None and self.view.guard.kind is Guarded.OFF_TOPIC
        self._plain_only = self.strict or off_topic
        self._rules = rules
        self._text = AnswerText(answer)
        self._mentions = find_mentions(self.own_words, question)
        claims = blank_out(self.own_words, self._lists + self._asides + self._mentions)
        self._passages = Passages(question, claims, similarity)
        self._listed = self._known_by_list(similarity)
        self._asked = asked_words(question)
        self._titles = [fold(point.title).text for point in question.key_points]
        self._views = dict(
            zip((point.id for point in question.key_points), self.view.key_points, strict=True)
        )

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
        if judgement.standing in _WORTH_NOTHING:
            return nothing_left(judgement)
        if judgement.standing in {Standing.TITLE, Standing.THIN}:
            if self.strict:
                return nothing_left(judgement)
            return replace(judgement, verdict=weaker(judgement.said, Verdict.PARTIAL))
        seen = self.seen(judgement.point)
        verdict = weaker(judgement.said, seen.verdict)
        if judgement.said is Verdict.CONTRADICTED and seen.verdict is not Verdict.CONTRADICTED:
            verdict = Verdict.MISSING
        support = seen.coverage
        if earns(verdict):
            support = self._claim_of(judgement.point, seen)
            floor = self._rules.strict_floor if self.strict else self._rules.covered_floor
            verdict = verdict if support >= floor else Verdict.MISSING
        window = seen.window if verdict is not Verdict.MISSING else None
        return replace(judgement, verdict=verdict, evidence=window, reason="", support=support)

    def compare(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """The checks that need all verdicts of an answer: shared words, and lists of titles."""
        return self._part_shared(self._refuse_lists(judgements))

    def conclude(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """As `compare`, for the last time: unfounded praise costs the reply the benefit of doubt.

        Then every other verdict that earns something has to rest on words which show it plainly.
        """
        compared = self.compare(judgements)
        unfounded = {j.point.id for j in compared if earns(j.said) and j.standing in UNFOUNDED}
        floor = self._rules.strict_floor if self.strict else self._rules.distrust_floor
        return [
            nothing_left(replace(j, standing=distrusted(j.standing)))
            if unfounded - {j.point.id} and earns(j.verdict) and j.support < floor
            else j
            for j in compared
        ]

    def _refuse_lists(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """One dropped title is partial; several, or one beside a list, earn nothing."""
        bare = {
            j.point.id
            for j in judgements
            if j.evidence
            and earns(j.verdict)
            and (j.standing is Standing.TITLE or self._drops_title(j.point, j.evidence))
        }
        listed = any(j.standing is Standing.LIST and earns(j.said) for j in judgements)
        if len(bare) < 2 and not listed:
            return list(judgements)
        return [
            self.fall_back(replace(j, standing=Standing.LIST)) if j.point.id in bare else j
            for j in judgements
        ]

    def _part_shared(self, judgements: Sequence[Judgement]) -> list[Judgement]:
        """Let each passage carry a few key points only, those that it supports best."""
        limit = self._rules.points_per_passage
        ranked = sorted(
            (j for j in judgements if j.evidence and earns(j.verdict)),
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
        if refused := self._refused(evidence):
            known = self._listed.get(point.id, 0.0) if refused is Standing.LIST else 0.0
            kept = verdict is Verdict.PARTIAL and known > 0.0
            return (Standing.SOUND if kept else refused), known, evidence
        support = self._passages.support(point, evidence)
        if verdict is Verdict.CONTRADICTED:
            return Standing.SOUND, support.whole, evidence
        nearest = self._nearest(evidence, support)
        standing = self._standing(point, verdict, support, nearest)
        too_long = content_units(fold(evidence.quote).text) > self._rules.longest_quote
        shown = nearest if standing is Standing.SOUND and too_long else evidence
        return standing, support.claim, shown

    def _refused(self, evidence: Evidence) -> Standing | None:
        """Why words are no claim of the candidate's, whatever they are about."""
        for standing, spans in (
            (Standing.ORDER, self.orders),
            (Standing.ORDER, self._asides),
            (Standing.ASKS, self._questions),
            (Standing.LIST, self._lists),
        ):
            if _touches(evidence, spans):
                return standing
        if _touches(evidence, self._mentions) and not self._says_more(evidence):
            return Standing.LIST
        return Standing.ECHO if self._is_echo(evidence) else None

    def _says_more(self, evidence: Evidence) -> bool:
        """Whether a quote holds anything beside a list of names."""
        rest = blank_out(self.answer, self._mentions)[evidence.start : evidence.end]
        return not says_nothing(rest)

    def _standing(
        self, point: KeyPoint, verdict: Verdict, support: Support, nearest: Evidence
    ) -> Standing:
        rules = self._rules
        if support.whole < rules.partial_floor:
            return Standing.UNRELATED
        if support.claim < rules.claim_floor or (
            verdict is Verdict.COVERED and self._drops_title(point, nearest)
        ):
            return Standing.TITLE
        if self.strict and RANK[self.seen(point).verdict] < RANK[verdict]:
            return Standing.STRICT
        if self._plain_only and support.claim < rules.strict_floor:
            return Standing.STRICT
        if verdict is Verdict.COVERED and support.claim < rules.covered_floor:
            return Standing.THIN
        return Standing.SOUND

    def _known_by_list(self, similarity: SeesSimilarity) -> dict[str, float]:
        """Support of the key points of which a list of terms shows some knowledge.

        That is an answer which is a list and no more, whose terms beside the titles come plainly
        near to at least half of the key points; who lists what the subject has to offer does not.
        """
        guard = self.view.guard
        if self.strict or guard is None or guard.kind is not Guarded.KEYWORDS_ONLY:
            return {}
        passages = Passages(self.question, blank_out(self.own_words, self._mentions), similarity)
        whole = self._text.span(0, len(self.answer))
        known: dict[str, float] = {}
        for point in self.question.key_points:
            claim = passages.support(point, whole).claim
            if claim >= self._rules.distrust_floor:
                known[point.id] = claim
        return known if 2 * len(known) >= len(self.question.key_points) else {}

    def _claim_of(self, point: KeyPoint, seen: KeyPointView) -> float:
        """What the words say that similarity itself would point to."""
        if seen.window is None or self._refused(seen.window):
            return 0.0
        return self._passages.support(point, seen.window).claim

    def _nearest(self, evidence: Evidence, support: Support) -> Evidence:
        """The words of the passage that come nearest to the key point."""
        window = support.seen.window
        if window is None:
            return evidence
        start = support.span.start
        return self._text.span(start + window.start, start + window.end)

    def _drops_title(self, point: KeyPoint, evidence: Evidence) -> bool:
        """Whether the quote names the key point, and neither it nor what follows says more."""
        title = fold(point.title).text
        if title not in fold(evidence.quote).text:
            return False
        words = fold(self._passages.around(evidence, more=1).of(self.own_words)).text
        for name in (*self._titles, *self._asked):
            words = words.replace(name, " ") if name else words
        return variety(words) < self._rules.bare_title

    def _is_echo(self, evidence: Evidence) -> bool:
        quote = fold(evidence.quote).text
        if any(quote in asked for asked in self._asked[:1]):
            return True
        whole = content_units(quote) >= self._rules.echo
        return whole and any(quote in asked for asked in self._asked[1:])


_WORTH_NOTHING = frozenset({Standing.LIST, Standing.STRICT, Standing.DISTRUSTED})


def _asks_for_claims(question: Question) -> bool:
    """Whether the key points are statements, so that a list of terms says none of them."""
    lengths = [text_units(first_sentence(point.detail)) for point in question.key_points]
    return bool(lengths) and min(lengths) > 0 and sum(lengths) >= _CLAIM * len(lengths)


_CLAIM = 15
"""Usual length of a statement, in `text_units`."""


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
