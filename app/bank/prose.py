"""Key points from answers that nobody marked up: bullets without bold type, or plain sentences."""

import re

from app.domain.question import LEAD_IN_ENDINGS, KeyPoint

HAN_WIDTH = 2
"""A Han character says about as much as two Latin letters; widths below count it so."""

TITLE_WIDTH = 44
"""The widest head that is taken as a title: 22 Han characters or 44 Latin letters, which is half
a line of an 80-column terminal, so that title and verdict fit side by side."""

_SHORTEST_SENTENCE = 8

_SENTENCE_END = re.compile(r"(?<=[。！？!?；;])(?![”’」』）)\"'])|(?<=\.)(?=\s+[^\sa-z])|\n+")
_HEAD_END = re.compile(r"[:：]|\s[-–—]{1,2}\s|——")
_PAUSE = re.compile(r"[，,；;。]|\.\s|(?<=\w) (?:because|so that|which|by|to)(?= )")


def width(text: str) -> int:
    """Display width by the rule above: characters from U+2E80 on count two."""
    return sum(HAN_WIDTH if char >= "\u2e80" else 1 for char in text)


def head_and_rest(text: str) -> tuple[str, str]:
    """A short title for a plain point and the rest of its text, which may be "".

    The head is what stands before a colon or dash, else the whole text if it is short, else its
    first clause, else its first words; the rest is then the whole text, so that nothing is lost.
    """
    text = text.strip()
    first = text.split("\n", 1)[0]
    if mark := _HEAD_END.search(first, 1, 4 * TITLE_WIDTH):
        head, rest = first[: mark.start()].strip(), text[mark.end() :].strip()
        if rest and head and width(head) <= TITLE_WIDTH:
            return head, rest
    if first == text and width(text) <= TITLE_WIDTH:
        return text.rstrip("。.；; "), ""
    if mark := _PAUSE.search(first, 4, 4 * TITLE_WIDTH):
        head = first[: mark.start()].strip()
        if head and width(head) <= TITLE_WIDTH:
            return head, text
    return _cut(first), text


def _cut(text: str) -> str:
    total = 0
    for position, char in enumerate(text):
        total += HAN_WIDTH if char >= "\u2e80" else 1
        if total > TITLE_WIDTH:
            head = text[:position]
            return (head.rsplit(" ", 1)[0] if " " in head[8:] else head).rstrip() + "…"
    return text


def key_points_of_prose(text: str) -> tuple[KeyPoint, ...]:
    """One key point a sentence; lead-in lines are left out, scraps join the sentence before."""
    sentences: list[str] = []
    for piece in _SENTENCE_END.split(text):
        sentence = " ".join(piece.split())
        if not any(map(str.isalnum, sentence)):
            continue
        if sentences and width(sentence) < _SHORTEST_SENTENCE:
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    told = [sentence for sentence in sentences if not sentence.endswith(LEAD_IN_ENDINGS)]
    return tuple(
        KeyPoint(f"kp{number}", *head_and_rest(sentence))
        for number, sentence in enumerate(told or sentences, 1)
    )
