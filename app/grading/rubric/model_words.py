"""Letting a model's own sentences through to the candidate: short, plain, and nothing leaked."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from app.domain.assessment import Evidence, Finding
from app.domain.question import Question
from app.grading.evidence import content_units, fold
from app.grading.feedback import first_sentence
from app.grading.invisible import is_invisible
from app.grading.rubric.reply import FindingReply
from app.grading.rubric.support import Sheet, apart
from app.language.detect import HAN

LONGEST_SENTENCE = 400

LEAK_LENGTH_HAN = 16
LEAK_LENGTH_LATIN = 48
"""So many letters in a row are a leak and no coincidence; about a clause in either script."""

SHORTEST_FINDING = 4
"""In `content_units`; a shorter quote is no statement that could be false or add something."""


class ModelWords:
    """Cleans what a model wrote about one answer.

    Nothing of its instructions, of the reference answer or of the key points' explanations may
    come out word for word, except what feedback shows anyway: question, titles, authored follow-up
    questions, first sentences, and the answer itself.
    """

    def __init__(self, instructions: Iterable[str], question: Question, answer: str) -> None:
        details = (point.detail for point in question.key_points)
        self._secrets = [
            _runs_of(text) for text in (*instructions, question.reference, *details) if text
        ]
        self._public = "\n".join(_letters(text) for text in (*_shown_anyway(question), answer))

    def sentence(self, text: str) -> str:
        """The text on one line without invisible characters, cut to length; "" if it leaks."""
        plain = "".join(character for character in text if not is_invisible(character))
        line = " ".join(plain.split())
        if self._leaks(line):
            return ""
        return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"

    def sentences(self, texts: Sequence[str], most: int) -> tuple[str, ...]:
        """Up to `most` different sentences, in order, empty ones left out."""
        cleaned = (self.sentence(text) for text in texts)
        return tuple(dict.fromkeys(text for text in cleaned if text))[:most]

    def findings(self, replies: Sequence[FindingReply], sheet: Sheet, most: int) -> list[Finding]:
        """Findings whose quote is really there, each on words of its own; up to `most`.

        The quote becomes the answer's own spelling of it.
        """
        found: list[Finding] = []
        taken: list[Evidence] = []
        for reply in replies:
            evidence = sheet.locate(reply.quote)
            if evidence is None or not apart(evidence, taken):
                continue
            if content_units(fold(evidence.quote).text) < SHORTEST_FINDING:
                continue
            taken.append(evidence)
            found.append(Finding(evidence.quote, self.sentence(reply.why)))
        return found[:most]

    def _leaks(self, line: str) -> bool:
        return any(
            run not in self._public and any(run in secret for secret in self._secrets)
            for run in _runs(_letters(line))
        )


def _shown_anyway(question: Question) -> Iterator[str]:
    yield question.text
    for point in question.key_points:
        yield point.follow_up
        yield point.title + first_sentence(point.detail)


def _letters(text: str) -> str:
    return fold(text).text.replace(" ", "")


@lru_cache(maxsize=512)
def _runs_of(text: str) -> frozenset[str]:
    """The runs of a text that many assessments share."""
    return frozenset(_runs(_letters(text)))


def _runs(letters: str) -> Iterator[str]:
    """Every stretch of a leak's length, the shorter one where it is mostly Chinese."""
    for start in range(len(letters) - LEAK_LENGTH_HAN + 1):
        short = letters[start : start + LEAK_LENGTH_HAN]
        if len(HAN.findall(short)) * 2 >= LEAK_LENGTH_HAN:
            yield short
        elif start + LEAK_LENGTH_LATIN <= len(letters):
            yield letters[start : start + LEAK_LENGTH_LATIN]
