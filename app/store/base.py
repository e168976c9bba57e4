"""The seam between an interview and whatever keeps it.

Each method is one transaction. What was stored is stored when the method returns; it is never
changed afterwards. All raise StoreError where the database fails, SessionNotFound for a session
that this owner does not have, and SessionChanged where somebody else was quicker: then nothing
was stored, and `load` says how things stand.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.domain.assessment import Assessment, Usage
from app.domain.events import (
    Answer,
    Appeal,
    AssessmentRecord,
    AttemptOpened,
    Event,
    FollowUp,
    Hint,
    Judge,
    PlanMade,
    PlannedQuestion,
    QuestionAsked,
    Reason,
    ReferenceShown,
    Remark,
    SessionMode,
    SessionStatus,
    Skip,
    Speaker,
    StatusChange,
    Wishes,
)
from app.domain.question import Question
from app.domain.session import Session
from app.store.people import Counters, People
from app.store.rows import (
    AnswerKey,
    AskedRow,
    Claim,
    MemoryCard,
    ResultRow,
    SessionRow,
    SummaryRow,
    Transfer,
    Waiting,
)


class Journal(Protocol):
    """Sessions of one owner, written event by event.

    Everything may be sent twice: what was stored the first time comes back. `attempt` and
    `position` count from 1; `step` is 0 for the question and n for its nth follow-up.
    """

    async def open_session(
        self,
        session_id: str,
        *,
        mode: SessionMode,
        language: str,
        plan: Sequence[PlannedQuestion],
        unmet: Sequence[str] = (),
        left_over: Sequence[str] = (),
        spare: Sequence[str] = (),
        wishes: Wishes | None = None,
    ) -> Session:
        """Open a session under an id from `new_session_id`."""

    async def load(self, session_id: str) -> Session:
        """The session as it stands."""

    async def resolve(self, name: str) -> str:
        """The id that `name` means: an id, the beginning of just one id, or `last`."""

    async def last_seq(self, session_id: str) -> int:
        """The number of the newest event; cheap enough to be asked often."""

    async def events_after(self, session_id: str, seq: int) -> tuple[Event, ...]:
        """Events with a higher number than `seq`, in order."""

    async def replan(
        self,
        session_id: str,
        plan: Sequence[PlannedQuestion],
        *,
        replaces: int,
        unmet: Sequence[str] = (),
        left_over: Sequence[str] = (),
        spare: Sequence[str] = (),
        why: str = "",
    ) -> PlanMade:
        """Change the plan, if event `replaces` still is the plan in force."""

    async def ask(
        self,
        session_id: str,
        question: Question,
        *,
        position: int,
        planned: PlannedQuestion | None = None,
    ) -> QuestionAsked:
        """Put a question at the next position. SessionChanged if another was put there."""

    async def answer(
        self,
        session_id: str,
        text: str,
        *,
        position: int,
        key: str,
        attempt: int = 1,
        step: int = 0,
        seconds: float | None = None,
    ) -> Answer:
        """Store what the candidate sent; grade the returned text, which is the stored one.

        `key` names this sending. Text loses what no database takes: NUL and lone surrogates
        become U+FFFD. SessionChanged where another text was sent there under another key.
        """

    async def follow_up(
        self,
        session_id: str,
        text: str,
        *,
        position: int,
        step: int,
        key_point_id: str,
        attempt: int = 1,
    ) -> FollowUp:
        """Ask a follow-up; there are at most two an attempt."""

    async def hint(
        self, session_id: str, text: str, *, position: int, step: int, key_point_id: str = ""
    ) -> Hint:
        """Give hint number `step`, 1 to 3."""

    async def open_attempt(self, session_id: str, *, position: int, attempt: int) -> AttemptOpened:
        """Begin another attempt at a question, `attempt` from 2."""

    async def skip(
        self, session_id: str, *, position: int, attempt: int = 1, step: int = 0
    ) -> Skip:
        """Pass over a question or a follow-up that was not answered."""

    async def show_reference(
        self, session_id: str, *, position: int, attempt: int = 1
    ) -> ReferenceShown:
        """Note that the reference answer is on screen, once an attempt."""

    async def remark(
        self,
        session_id: str,
        text: str,
        *,
        speaker: Speaker,
        key: str,
        position: int | None = None,
        topic: str = "",
    ) -> Remark:
        """Keep talk that is not an answer. `key` names this sending."""

    async def appeal(
        self, session_id: str, text: str, *, answer: int, key_point_id: str, key: str
    ) -> Appeal:
        """Dispute a verdict; to be judged under a claim on the appeal's own number."""

    async def change_status(
        self, session_id: str, status: SessionStatus, *, why: str = ""
    ) -> StatusChange | None:
        """Pause, take up or end. None where it is so already; ended is for good."""


class Claims(Protocol):
    """Who grades what, so that one answer is graded once."""

    async def waiting(self) -> tuple[Waiting, ...]:
        """Answers and appeals of this owner to be graded, oldest first."""

    async def claim(
        self, session_id: str, number: int, *, holder: str, seconds: float, again: bool = False
    ) -> Claim | None:
        """Take an answer or appeal to grade. None where it is graded or held by somebody.

        A claim that was neither renewed nor used lapses after `seconds`, so that a killed
        process holds nothing up. `again` also takes what is graded, for a regrade.
        """

    async def renew(self, claim: Claim, seconds: float) -> Claim | None:
        """Hold on for `seconds` from now. None where it was taken over."""

    async def release(self, claim: Claim) -> None:
        """Give a claim back unused."""

    async def assess(
        self,
        claim: Claim,
        assessment: Assessment,
        *,
        judged_by: Judge,
        reason: Reason = Reason.NEW,
        note: str = "",
    ) -> AssessmentRecord | None:
        """Store the assessment and its usage, and end the claim. None where it was taken over.

        The claim on an appeal makes the reason `appeal`.
        """

    async def reassess(
        self,
        session_id: str,
        assessment: Assessment,
        *,
        answer: int,
        judged_by: Judge,
        reason: Reason,
        key: str,
        note: str = "",
    ) -> AssessmentRecord:
        """Store an assessment that needed no grader: a self-check, or a lift by a follow-up."""


class Archive(Protocol):
    """Looking back over many sessions, and forgetting them.

    An interview under way keeps a poker face: nothing of it is in `results` or `unreviewed`
    before it has ended. An export is whole.
    """

    async def sessions(
        self, *, statuses: Sequence[SessionStatus] = (), limit: int | None = None
    ) -> tuple[SessionRow, ...]:
        """Sessions in one of `statuses` (empty: any), newest first."""

    async def results(
        self,
        *,
        session_id: str | None = None,
        since: datetime | None = None,
        marks: bool = True,
    ) -> tuple[ResultRow, ...]:
        """All answers to questions with what counts for each, oldest first.

        Without `marks` those of the key points are left out, which is quicker.
        """

    async def asked(self) -> tuple[AskedRow, ...]:
        """Which questions were asked, by question."""

    async def cards(self, *, due: datetime | None = None) -> tuple[MemoryCard, ...]:
        """Memory cards, soonest due first; only those due by `due` if given."""

    async def unreviewed(self) -> tuple[ResultRow, ...]:
        """Graded answers that no memory card has taken account of, oldest first."""

    async def save_cards(
        self,
        answers: Sequence[AnswerKey],
        cards: Sequence[MemoryCard],
        *,
        known: Sequence[MemoryCard],
    ) -> bool:
        """Store the cards that these answers changed, where they changed those in `known`.

        False, and nothing stored, where the cards are others by now, or where one of the answers
        had its effect before.
        """

    async def reset_cards(self) -> None:
        """Delete all memory cards, so that all answers are unreviewed again."""

    async def add_usage(
        self, usage: Usage, *, purpose: str, model: str = "", session_id: str | None = None
    ) -> None:
        """Note what a call outside grading cost; `assess` notes its own."""

    async def usage_since(self, since: datetime) -> Usage:
        """What this owner's calls cost since then."""

    async def export_to(self, path: Path) -> int:
        """Write all of this owner's data as JSON Lines; the number of sessions."""

    async def import_from(self, path: Path) -> Transfer:
        """Take in an exported file, as this owner's, all of it or nothing. May be repeated."""

    async def forget_session(self, session_id: str) -> None:
        """Delete a session for good, with all that was derived from it."""

    async def forget_all(self) -> int:
        """Delete everything of this owner's for good; the number of sessions."""


class Summaries(Protocol):
    """Summaries in prose, each of one state of a session: `digest` is that of the request."""

    async def summary(self, session_id: str, digest: str) -> SummaryRow | None:
        """What was written or is being written; None also where whoever wrote it has died."""

    async def begin_summary(
        self, session_id: str, digest: str, *, model: str, seconds: float, again: bool = False
    ) -> bool:
        """Take it upon oneself to write it within `seconds`. False where somebody has or does.

        What failed is begun anew only `again`.
        """

    async def finish_summary(self, session_id: str, digest: str, sentences: Sequence[str]) -> None:
        """Keep what was written; without sentences it has failed."""


class Repository(Journal, Claims, Archive, Summaries, Protocol):
    """All that is kept of one owner. No method reads or writes anything of another's."""

    @property
    def owner(self) -> str:
        """Whose sessions these are."""


class Store(Protocol):
    """An open database. It belongs to the event loop it was opened in."""

    @property
    def people(self) -> People:
        """Accounts and teams."""

    @property
    def counters(self) -> Counters:
        """What server processes count together."""

    def of(self, owner: str) -> Repository:
        """The repository of one owner; costs nothing."""

    async def owners(self) -> tuple[str, ...]:
        """Everybody who has a session, in order of name."""

    async def waiting(self) -> tuple[Waiting, ...]:
        """As `Repository.waiting`, over all owners: what a server takes up when it starts."""

    async def last_seqs(self, session_ids: Collection[str]) -> Mapping[str, int]:
        """As `Repository.last_seq`, of many sessions at once; one that is gone is left out."""

    async def export_to(self, path: Path) -> int:
        """As `Repository.export_to`, over all owners."""

    async def import_from(self, path: Path) -> Transfer:
        """As `Repository.import_from`, each session to the owner named in the file."""

    async def forget_all(self) -> int:
        """Delete everything of everybody's for good; the number of sessions."""

    async def close(self) -> None:
        """Close all connections."""
