"""Holding prose to the figures: a sentence with a number that is not in the data is dropped."""

import re
from collections.abc import Iterable

from app.report.session_report import SessionReport

LONGEST_SUMMARY = 8
"""Sentences kept at most."""

_SENTENCE = re.compile(r"(?<=[。！？!?])\s*|(?<=[.])\s+(?!\d)|\n+")
_NO_PROSE = re.compile(r'[{}\]]|```|"\w+"\s*:')
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HAN_DIGITS = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_HAN_NUMBER = re.compile(
    r"(?:[零一二两三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九]|百)"
    r"(?=分|个|道|题|次|场|点|成|倍|名|秒|分钟|条|项|轮)"
)
_WORD_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve"]
    )
}  # fmt: skip
_WORD_NUMBER = re.compile(
    rf"\b({'|'.join(_WORD_NUMBERS)}|half|twice|thirds?|quarters?|dozens?|hundreds?|thousands?)\b",
    re.IGNORECASE,
)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, without markup of lists and headings, and without JSON or fences."""
    found = (part.strip().lstrip("#*-• ").strip() for part in _SENTENCE.split(text))
    return [part for part in found if part and not _NO_PROSE.match(part)]


def held_to(text: str, known: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The sentences that name no number outside `known`, and how many were dropped.

    Numbers are compared by value, full width and Chinese numerals included. "one" in English and
    一 before a measure word count as numbers too: rather a sentence too few than a wrong one.
    """
    values = {_value(number) for number in known}
    kept: list[str] = []
    dropped = 0
    for sentence in sentences_of(text):
        if all(value in values for value in numbers_in(sentence)):
            kept.append(sentence)
        else:
            dropped += 1
    extra = max(len(kept) - LONGEST_SUMMARY, 0)
    return tuple(kept[:LONGEST_SUMMARY]), dropped + extra


def numbers_in(text: str) -> list[float]:
    """Every number that the text names; NaN for words such as "half" that name none exactly."""
    plain = text.translate({0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: "."})
    found = [_value(match) for match in _NUMBER.findall(plain)]
    found += [_han_value(match) for match in _HAN_NUMBER.findall(plain)]
    for word in _WORD_NUMBER.findall(plain):
        found.append(_value(_WORD_NUMBERS.get(word.lower(), "nan")))
    return found


def numbers_of(report: SessionReport) -> set[str]:
    """All numbers that a summary of this report may name."""
    numbers = {"10", str(len(report.questions))}
    figures = [report.mean, report.change, report.counted, report.ungraded, report.skipped]
    figures += [report.after_reading, report.waiting]
    figures += [abs(report.change)] if report.change is not None else []
    figures += [mark.mean for mark in report.earlier[-1:]]
    for topic in report.topics:
        figures += [topic.mean, topic.before, topic.counted, topic.asked]
    for question in report.questions:
        figures += [question.number, question.score]
        if question.shown is not None and question.shown.assessment is not None:
            verdicts = [point.verdict for point in question.shown.assessment.key_points]
            figures += [len(verdicts), *(verdicts.count(verdict) for verdict in set(verdicts))]
    return numbers | {str(figure) for figure in figures if figure is not None}


def _value(number: str) -> float:
    try:
        return round(float(number.replace(",", "")), 4)
    except ValueError:
        return float("nan")


def _han_value(text: str) -> float:
    if text == "百":
        return 100.0
    if "十" not in text:
        return float(_HAN_DIGITS[text])
    tens, _, ones = text.partition("十")
    return 10.0 * (_HAN_DIGITS[tens] if tens else 1) + (_HAN_DIGITS[ones] if ones else 0)
