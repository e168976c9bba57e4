"""Letting a model's own sentences through to the candidate: short, plain, and nothing leaked."""

from collections.abc import Iterable, Sequence

from app.domain.assessment import Evidence, Finding
from app.grading.evidence import content_units, fold
from app.grading.invisible import is_invisible
from app.grading.reply import FindingReply
from app.grading.support import Sheet, apart

LONGEST_SENTENCE = 400
LEAK_LENGTH = 24
"""So many letters in a row taken from the instructions are a leak, not a coincidence."""

SHORTEST_FINDING = 4
"""In `content_units`; a shorter quote is no statement that could be false or add something."""


class ModelWords:
    """Cleans what a model wrote. `secrets` are texts that must not come out: its instructions."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secret = frozenset(
            letters[at : at + LEAK_LENGTH]
            for letters in (fold(secret).text for secret in secrets)
            for at in range(max(len(letters) - LEAK_LENGTH + 1, 0))
        )

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
        letters = fold(line).text
        return any(
            letters[at : at + LEAK_LENGTH] in self._secret
            for at in range(len(letters) - LEAK_LENGTH + 1)
        )
