"""Looks a bank over: what breaks it, and what makes its questions hard to grade fairly."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from app.bank.findings import LONGEST_KEY_POINT, Finding, Rule, Severity, about_point, check_values
from app.bank.prose import width
from app.bank.similar import QuestionVectors
from app.bank.wordings import check_wordings
from app.domain.question import Bank, Question
from app.embedding.base import Embedder, Vectors
from app.language.messages import Translate, translator

SAME = 0.85
"""Cosine from which two key points of one question say the same: above all pairs of key points
in the shipped banks (a test keeps them .1 below), and below plain rewordings."""

SUPPORTED = 0.45
"""Cosine to its nearest sentence below which a reference does not support a key point: below all
key points of the shipped banks, and above most of them when set against the reference of another
question (a test holds that to 70 %)."""

_VARIANT_LEAST = 0.15
"""Below this mean similarity to its group a question that is marked as a variant is questioned."""

_SENTENCE = re.compile(r"(?<=[。；;！？!?])|(?<=\.)\s|\n+")
_CHUNK = 256


def lint_bank(bank: Bank, embedder: Embedder, say: Translate | None = None) -> list[Finding]:
    """All findings, by line; `say` translates their texts, English by default."""
    say = say or translator("bank", "en")
    found = [*check_values(bank, say), *check_shape(bank, say)]
    questions = [question for question in bank.questions if question.text]
    found.extend(_check_variants(questions, embedder, say))
    for start in range(0, len(questions), _CHUNK):
        chunk = questions[start : start + _CHUNK]
        found.extend(_check_meaning(chunk, embedder, say))
        found.extend(check_wordings(chunk, embedder, say))
    return sorted(found, key=lambda finding: finding.line)


def check_shape(bank: Bank, say: Translate) -> Iterator[Finding]:
    """Questions without key points, and key points that are too long to judge as one."""
    for question in bank.questions:
        if not question.key_points:
            yield Finding(
                Rule.NO_KEY_POINTS,
                Severity.ERROR,
                say(
                    "The question {id!r} has no answer and no key points; it is never asked."
                ).format(id=question.id),
                say("Write an answer below it, best with a bold bullet for each key point."),
                question.line,
                (question.id,),
            )
        for point in question.key_points:
            size = width(point.statement)
            if size > LONGEST_KEY_POINT:
                yield about_point(
                    question,
                    point,
                    Rule.OVER_LONG,
                    say(
                        "The key point {title!r} is {size} columns wide, more than {limit}."
                    ).format(title=point.title, size=size, limit=LONGEST_KEY_POINT),
                    say("Split it: one key point is one thing that a good answer says."),
                )


def _check_variants(
    questions: Sequence[Question], embedder: Embedder, say: Translate
) -> Iterator[Finding]:
    """Confirms the marked groups of variants, and names near-duplicates that nobody marked."""
    if len(questions) < 2:
        return
    vectors = QuestionVectors(questions, embedder)
    marked: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        if question.variants:
            marked.setdefault(question.variants, []).append(place)
    for name, members in marked.items():
        yield _marked_group(name, [questions[place] for place in members], vectors, members, say)
    for group in vectors.groups():
        near = [questions[place] for place in group.members]
        if all(question.variants for question in near):
            continue  # whoever marked them all has decided which belong together
        names = sorted({question.variants for question in near if question.variants})
        yield Finding(
            Rule.NEAR_DUPLICATES,
            Severity.WARNING,
            say(
                "{count} questions ask nearly the same (similarity {similarity:.2f}): {ids}."
            ).format(
                count=len(near), similarity=group.similarity, ids=", ".join(q.id for q in near)
            ),
            say("Give them one `variants: {name}`, so that a session asks one of them.").format(
                name=names[0] if names else near[0].id
            ),
            near[0].line,
            tuple(question.id for question in near),
            round(group.similarity, 4),
        )


def _marked_group(
    name: str,
    members: Sequence[Question],
    vectors: QuestionVectors,
    places: Sequence[int],
    say: Translate,
) -> Finding:
    ids = tuple(question.id for question in members)
    similarity = vectors.mean_similarity(places)
    severity, remedy = Severity.NOTE, ""
    text = say("Variants {name!r} (similarity {similarity:.2f}): {ids}.")
    if len(ids) == 1:
        severity, remedy = Severity.WARNING, say("Mark its variants too, or remove the mark.")
        text = say("Only {ids} is marked {name!r}, so that it is a variant of nothing.")
    elif similarity < _VARIANT_LEAST:
        severity, remedy = Severity.WARNING, say("Check that they ask the same.")
        text = say("Variants {name!r} have little in common (similarity {similarity:.2f}): {ids}.")
    message = text.format(name=name, similarity=similarity, ids=", ".join(ids))
    rule = Rule.VARIANTS if severity is Severity.NOTE else Rule.LONE_VARIANT
    return Finding(rule, severity, message, remedy, members[0].line, ids, round(similarity, 4))


def _check_meaning(
    questions: Sequence[Question], embedder: Embedder, say: Translate
) -> Iterator[Finding]:
    """The checks within each question, with one call of the embedder for all of them."""
    texts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    for question in questions:
        first = len(texts)
        texts.extend(point.statement for point in question.key_points)
        middle = len(texts)
        if question.has_own_reference:
            sentences = (part.strip() for part in _SENTENCE.split(question.reference))
            texts.extend((question.reference, *(part for part in sentences if len(part) > 3)))
        spans.append((first, middle, len(texts)))
    if not texts:
        return
    vectors = embedder.embed(texts)
    for question, (first, middle, last) in zip(questions, spans, strict=True):
        points = vectors[first:middle]
        yield from _same_points(question, points, say)
        if last > middle and middle > first:
            yield from _unsupported(question, points, vectors[middle:last], say)


def _same_points(question: Question, vectors: Vectors, say: Translate) -> Iterator[Finding]:
    similarities = vectors @ vectors.T
    for one, other in np.argwhere(np.triu(similarities, 1) >= SAME):
        first, second = question.key_points[one], question.key_points[other]
        similarity = float(similarities[one, other])
        message = say(
            "The key points {first!r} and {second!r} say the same (similarity {similarity:.2f})."
        ).format(first=first.title, second=second.title, similarity=similarity)
        remedy = say("Merge them, or say what sets them apart.")
        yield about_point(question, second, Rule.SAME_POINT, message, remedy, round(similarity, 4))


def _unsupported(
    question: Question, points: Vectors, reference: Vectors, say: Translate
) -> Iterator[Finding]:
    nearest = (points @ reference.T).max(axis=1)
    for place in np.flatnonzero(nearest < SUPPORTED):
        point, similarity = question.key_points[place], float(nearest[place])
        message = say(
            "The reference of {id!r} does not support the key point {title!r} "
            "(similarity {similarity:.2f})."
        ).format(id=question.id, title=point.title, similarity=similarity)
        remedy = say("Say it in the reference answer too, or remove the key point.")
        yield about_point(question, point, Rule.UNSUPPORTED, message, remedy, round(similarity, 4))
