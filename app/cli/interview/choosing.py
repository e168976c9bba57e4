"""From the options of `mockint ask` to what the interview is to be about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.bank.shelf import Shelf
from app.domain.events import SessionMode, Wishes
from app.domain.question import Question
from app.errors import QuestionNotFound, filled
from app.interview.plan import MINUTES, Plan, plan_interview
from app.interview.preparing import selection_of
from app.interview.requirements import MOST_REQUIREMENTS, read_requirements, read_requirements_file
from app.language.messages import translator
from app.store.rows import AskedRow

DEFAULT_COUNT = 5
DEFAULT_COUNT_FOR_DOCUMENTS = 8
MOST_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Documents:
    """What `--jd` and `--resume-file` name; "" and None where they were not given."""

    job: str = ""
    resume: Path | None = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.job) or self.resume is not None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What an interview is to be about; `language` is that of its questions.

    A `repeatable` one asks the same whatever was asked or left unsent before. `idle` counts the
    pieces of the documents that say what all such documents say, `cut` those that are beyond
    the most that a plan looks at.
    """

    wishes: Wishes
    language: str
    mode: SessionMode = SessionMode.PRACTICE
    repeatable: bool = False
    idle: int = 0
    cut: int = 0

    @property
    def takes_time(self) -> bool:
        """Whether the plan needs more than the banks and a look at what was asked before."""
        return bool(self.wishes.requirements) or self.mode is SessionMode.REVIEW


def with_documents(agenda: Agenda, documents: Documents) -> Agenda:
    """The agenda with the requirements that the documents hold. Raises DocumentError."""
    read = [read_requirements(documents.job)] if documents.job else []
    read += [read_requirements_file(documents.resume)] if documents.resume is not None else []
    pieces = tuple(dict.fromkeys(piece for one in read for piece in one.pieces))
    kept = pieces[:MOST_REQUIREMENTS]
    return replace(
        agenda,
        wishes=replace(agenda.wishes, requirements=kept),
        idle=sum(one.idle for one in read),
        cut=sum(one.cut for one in read) + len(pieces) - len(kept),
    )


def how_many(wanted: int | None, minutes: int | None, *, documents: bool) -> int:
    """The number of questions: as wanted, else as many as can fit into the time."""
    if wanted is not None:
        return wanted
    if minutes is not None:
        return min(max(minutes // min(MINUTES.values()), 1), MOST_QUESTIONS)
    return DEFAULT_COUNT_FOR_DOCUMENTS if documents else DEFAULT_COUNT


def one_question(question_id: str, shelf: Shelf) -> Plan:
    """The plan that asks this one question; QuestionNotFound where it cannot be asked."""
    question = shelf.question(question_id.strip())
    if not question.key_points:
        raise QuestionNotFound(
            filled(
                "The question {id!r} has no key points, so no answer can be graded.", id=question.id
            ),
            "Give it at least one in its bank file.",
        )
    return Plan.of((question,), translator("plan", question.language)("you asked for it"))


def plan_at_once(
    questions: Sequence[Question], agenda: Agenda, asked: Sequence[AskedRow], draft_of: str
) -> Plan:
    """The plan where nothing has to be opened for it.

    The question with the id `draft_of`, whose answer was left unsent, comes first.
    """
    wishes, free = agenda.wishes, not agenda.repeatable
    return plan_interview(
        questions,
        selection_of(wishes, agenda.language),
        count=wishes.count,
        seed=wishes.seed,
        first=[question for question in questions if free and question.id == draft_of],
        asked=asked if free else (),
        minutes=wishes.minutes,
        say=translator("plan", agenda.language),
    )
