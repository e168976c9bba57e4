"""What of an answer is the candidate's claim, and whether the rest gives reason for distrust."""

from dataclasses import dataclass

from app.domain.question import Question
from app.embedding.terms import TermSource
from app.grading.names import blank_names, find_mentions, names_of, says_nothing
from app.grading.orders import blank_out, find_orders, find_questions
from app.grading.suspicion import find_asides, is_suspicious


@dataclass(frozen=True, slots=True)
class Claims:
    """An answer with all that is no claim blanked, so that places in `words` are its places.

    `strict` says that the answer gives reason for distrust, `only_names` that nothing is left
    once the names of key points are taken out.
    """

    words: str
    strict: bool
    lists_names: bool
    only_names: bool


def claims_of(question: Question, answer: str, terms: TermSource) -> Claims:
    """Blank what speaks to the grader or of the grade, what asks, and what only names key points.

    One bare name is let pass. Where the answer gives reason for distrust no name counts.
    """
    orders = find_orders(answer)
    strict = bool(orders) or is_suspicious(answer, terms)
    words = blank_out(answer, orders + find_asides(answer) + find_questions(answer))
    mentions = find_mentions(words, question)
    words = blank_out(words, mentions)
    only_names = bool(mentions) and says_nothing(words)
    words = blank_names(words, names_of(question)) if strict else words
    return Claims(words, strict, bool(mentions), only_names)
