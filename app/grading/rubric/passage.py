"""What similarity sees in the words that a verdict rests on, with and without mere names.

A passage is the clauses that hold a quote, whole. Titles are easy to come by and show no
knowledge, so what a passage says is also measured with the titles of all key points and what
was asked taken out of it.
"""

from dataclasses import dataclass
from typing import Protocol

from app.domain.assessment import Evidence
from app.domain.question import KeyPoint, Question
from app.embedding.terms import TermSource
from app.grading.clauses import Span, split_clauses
from app.grading.evidence import fold
from app.grading.names import asked_words, blank_names
from app.grading.similarity.view import KeyPointView, SimilarityView


class SeesSimilarity(Protocol):
    """The part of the similarity grader that the checks need."""

    @property
    def terms(self) -> TermSource:
        """Where word vectors come from."""

    def view(self, question: Question, answer: str) -> SimilarityView:
        """What similarity sees in a text."""


@dataclass(frozen=True, slots=True)
class Support:
    """How far a passage supports a key point; coverages are similarity's, 0 to 1.

    `whole` is that of all its words, `claim` that of what is left without names, here and in the
    clause behind it, where it holds any. `seen` is the view behind `whole`.
    """

    span: Span
    whole: float
    claim: float
    seen: KeyPointView


class Passages:
    """The passages of one answer; each text is shown to similarity once.

    `words` is the answer with all that is no claim of the candidate's blanked, so that places in
    it are places in the answer.
    """

    def __init__(self, question: Question, words: str, similarity: SeesSimilarity) -> None:
        self._question = question
        self._words = words
        self._similarity = similarity
        self._clauses = split_clauses(words)
        titles = (fold(point.title).text for point in question.key_points)
        names = {*titles, *asked_words(question)} - {""}
        self._names = sorted(names, key=len, reverse=True)
        self._views: dict[str, SimilarityView] = {}

    def around(self, evidence: Evidence, more: int = 0) -> Span:
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

    def support(self, point: KeyPoint, evidence: Evidence) -> Support:
        """How far the words around a quote support a key point."""
        span = self.around(evidence)
        text = span.of(self._words)
        row = self._question.key_points.index(point)
        seen = self._view(text).key_points[row]
        claim = seen.coverage
        if self._without_names(text) != text:
            rest = self._without_names(self.around(evidence, more=1).of(self._words))
            claim = min(claim, self._view(rest).key_points[row].coverage)
        return Support(span, seen.coverage, claim, seen)

    def _view(self, text: str) -> SimilarityView:
        if text not in self._views:
            self._views[text] = self._similarity.view(self._question, text)
        return self._views[text]

    def _without_names(self, text: str) -> str:
        return blank_names(text, self._names)
