"""From what the candidate wishes to a plan; the one entry that faces need.

::

    async def prepare_plan(
        questions: Sequence[Question],      # of the banks in force: Shelf.questions
        wishes: Wishes,                     # domain.events; requirements from `read_requirements`
        *,
        language: str,                      # of the questions and of the reasons given
        mode: SessionMode = SessionMode.PRACTICE,   # REVIEW asks what is due
        archive: Archive | None = None,     # store.base: what was asked before, what is due
        index: BankIndex | None = None,     # both needed only where wishes hold
        embedder: Embedder | None = None,   # requirements
        first: Sequence[Question] = (),     # asked before all others: a question with a draft
        now: datetime | None = None,
    ) -> Plan

    requirements.read_requirements(source: str, *, standard_input: BinaryIO | None = None)
        -> Requirements                     # `--jd`: FILE, `-` or TEXT
    requirements.read_requirements_file(path: Path) -> Requirements     # `--resume-file`

The plan goes into `Host.begin` as it is, which stores it with its reasons and puts the first
question. After each answer `Host.ask_next` takes what suits the level shown so far.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.domain.events import PlannedQuestion, SessionMode, Wishes
from app.domain.question import Question
from app.errors import QuestionNotFound, filled
from app.interview.coverage import look_up
from app.interview.plan import Plan, Selection, plan_interview
from app.interview.review import DueQuestion, due_questions, next_due, record_reviews
from app.language.messages import Translate, translator
from app.store.base import Archive

if TYPE_CHECKING:  # they bring numpy along, which the first question does not wait for
    from app.embedding.base import Embedder
    from app.index.base import BankIndex


async def prepare_plan(
    questions: Sequence[Question],
    wishes: Wishes,
    *,
    language: str,
    mode: SessionMode = SessionMode.PRACTICE,
    archive: Archive | None = None,
    index: "BankIndex | None" = None,
    embedder: "Embedder | None" = None,
    first: Sequence[Question] = (),
    now: datetime | None = None,
) -> Plan:
    """The plan for these wishes.

    Without an `archive` nothing counts as asked before; without `index` and `embedder`
    requirements are passed over. Raises QuestionNotFound where nothing fits, or, for a review,
    where nothing is due.
    """
    selection = selection_of(wishes, language)
    say = translator("plan", language)
    if mode is SessionMode.REVIEW and archive is not None:
        due = await find_due(questions, archive, now)
        fitting = [one for one in due if selection.allows(one.question)]
        if not fitting:
            raise await _nothing_due(questions, archive, now, anything_else=bool(due))
        return plan_review(fitting[: wishes.count], language)
    nearness = None
    if wishes.requirements and index is not None and embedder is not None:
        nearness = await asyncio.to_thread(look_up, wishes.requirements, index, embedder)
    return plan_interview(
        questions,
        selection,
        count=wishes.count,
        seed=wishes.seed,
        first=first,
        asked=await archive.asked() if archive is not None else (),
        nearness=nearness,
        minutes=wishes.minutes,
        say=say,
    )


def selection_of(wishes: Wishes, language: str) -> Selection:
    """Which questions may be asked at all."""
    return Selection(
        wishes.topics, wishes.tags, frozenset(wishes.difficulties), language.split("-")[0]
    )


async def find_due(
    questions: Sequence[Question], archive: Archive, now: datetime | None = None
) -> tuple[DueQuestion, ...]:
    """What is due, the most forgotten first, after all graded answers had their effect."""
    await record_reviews(archive)
    return due_questions(questions, await archive.cards(), now or datetime.now(UTC))


def plan_review(due: Sequence[DueQuestion], language: str) -> Plan:
    """The plan that asks what is due, in this order; `language` is that of the reasons."""
    say = translator("plan", language)
    return Plan(
        tuple(one.question for one in due),
        tuple(PlannedQuestion(one.question.id, _why_due(one, say)) for one in due),
    )


def _why_due(due: DueQuestion, say: Translate) -> str:
    titles = say(", ").join(point.title for point in due.points)
    text = say("due since {date}: {points}")
    return text.format(date=due.due_at.astimezone().date().isoformat(), points=titles)


async def _nothing_due(
    questions: Sequence[Question],
    archive: Archive,
    now: datetime | None,
    *,
    anything_else: bool,
) -> QuestionNotFound:
    if anything_else:
        return QuestionNotFound(
            "Nothing is due that fits this choice of language, topic, tag and difficulty.",
            "`mockint review` lists all that is due.",
        )
    upcoming = next_due(questions, await archive.cards(), now or datetime.now(UTC))
    if upcoming is None:
        return QuestionNotFound(
            "Nothing is due: no answer has been graded yet.", "Start with `mockint ask`."
        )
    return QuestionNotFound(
        "Nothing is due.",
        filled(
            "The next key point is due on {day}; `mockint ask` asks something new.",
            day=upcoming.astimezone().date().isoformat(),
        ),
    )
