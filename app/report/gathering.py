"""What a report and the history need from the store, in as few queries as they take."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from app.domain.poker_face import is_withheld
from app.domain.question import Question
from app.domain.session import Session
from app.errors import VerdictsWithheld
from app.interview.review import current_cards
from app.report.counting import counting_rows, mean_of, session_marks
from app.report.history import History, look_back
from app.report.session_report import SessionReport, report_of
from app.store.base import Archive, Journal, Repository
from app.store.rows import ResultRow


async def gather_history(
    archive: Archive,
    questions: Sequence[Question],
    *,
    rows: Sequence[ResultRow] | None = None,
    now: datetime | None = None,
    zone: tzinfo | None = None,
) -> History:
    """The history of all that `results` tells; `rows` where those were looked up already.

    Raises StoreError.
    """
    rows = await archive.results(marks=False) if rows is None else rows
    cards = await current_cards(archive)
    return look_back(rows, cards, questions, now or datetime.now(UTC), zone)


async def gather_report(repository: Repository, name: str) -> SessionReport:
    """The report of the session that `name` means: an id, its beginning, or `last`.

    Raises SessionNotFound, and what `report_on` does.
    """
    journal: Journal = repository
    return await report_on(repository, await journal.load(await journal.resolve(name)))


async def report_on(archive: Archive, session: Session) -> SessionReport:
    """The report of a session, held against the owner's earlier ones.

    Raises StoreError, and VerdictsWithheld for an interview under way.
    """
    if is_withheld(session):
        raise VerdictsWithheld(
            "The report of an interview comes at its end.",
            "End the interview first: mockint ask --resume goes on with it.",
        )
    rows = await archive.results(marks=False)
    order = list(dict.fromkeys(row.session_id for row in rows))
    before = set(order[: order.index(session.id)]) if session.id in order else set(order)
    if session.id not in order:
        before = {row.session_id for row in rows if row.session_at <= session.start.created_at}
    earlier = [row for row in rows if row.session_id in before]
    by_topic: dict[str, list[float]] = {}
    for row in counting_rows(earlier):
        assert row.score is not None
        by_topic.setdefault(row.topic, []).append(row.score)
    means = {topic: mean_of(scores) or 0.0 for topic, scores in by_topic.items()}
    return report_of(session, session_marks(earlier), means)
