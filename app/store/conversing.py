"""What is asked, answered and said in a session; what each method means is in `base`."""

import math

from sqlalchemy import select

from app.domain.events import (
    FOLLOW_UP_LIMIT,
    HINT_STEPS,
    Answer,
    Appeal,
    AttemptOpened,
    Event,
    FollowUp,
    Hint,
    PlannedQuestion,
    QuestionAsked,
    ReferenceShown,
    Remark,
    Skip,
    Speaker,
)
from app.domain.question import Question
from app.errors import SessionChanged, filled
from app.store.columns import storable
from app.store.database import undisturbed
from app.store.tables import answers
from app.store.writing import RELOAD, Pen, Scope, checked_name


class ConversingPart(Scope):
    """The part of `base.Journal` that needs a question to talk about."""

    @undisturbed
    async def ask(
        self,
        session_id: str,
        question: Question,
        *,
        position: int,
        planned: PlannedQuestion | None = None,
    ) -> QuestionAsked:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"question:{position}"
            stored = await pen.stored(QuestionAsked, key)
            if stored is not None:
                if stored.question.id == storable(question.id):
                    return stored
                raise SessionChanged(
                    filled("Question {position} was asked elsewhere.", position=position), RELOAD
                )
            pen.must_go_on()
            checked_name(question.id)
            if position > 1 and f"question:{position - 1}" not in await pen.having(
                [f"question:{position - 1}"]
            ):
                raise SessionChanged(
                    filled("Question {position} was not asked yet.", position=position - 1), RELOAD
                )
            asked = QuestionAsked(
                seq=pen.next, at=pen.now, position=position, question=question, planned=planned
            )
            return await pen.append(asked, key)

    @undisturbed
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
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            stored = await pen.stored(Answer, f"answer:{key}")
            if stored is not None:
                return stored
            pen.must_go_on()
            slot = await _slot(pen, position, attempt, step)
            if await _is_answered(pen, position, attempt, step):
                raise SessionChanged("Another answer was sent to this question.", RELOAD)
            if f"skip:{position}:{attempt}:{step}" in slot:
                raise SessionChanged("This question was skipped.", RELOAD)
            asked = slot.get(f"follow_up:{position}:{attempt}:{step}")
            answer = Answer(
                seq=pen.next,
                at=pen.now,
                position=position,
                attempt=attempt,
                step=step,
                text=storable(text),
                key=storable(key),
                key_point_id=asked.key_point_id if isinstance(asked, FollowUp) else "",
                seconds=seconds if seconds is not None and math.isfinite(seconds) else None,
                hints=max((e.step for e in slot.values() if isinstance(e, Hint)), default=0),
                read_reference=any(isinstance(e, ReferenceShown) for e in slot.values()),
            )
            return await pen.append(answer, f"answer:{key}")

    @undisturbed
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
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"follow_up:{position}:{attempt}:{step}"
            stored = await pen.stored(FollowUp, key)
            if stored is not None:
                return stored
            pen.must_go_on()
            await _slot(pen, position, attempt, step - 1)
            if not 1 <= step <= FOLLOW_UP_LIMIT:
                raise SessionChanged(
                    filled("There is no follow-up number {step}.", step=step), RELOAD
                )
            if not await _is_answered(pen, position, attempt, 0):
                raise SessionChanged(
                    filled("Question {position} was not answered yet.", position=position), RELOAD
                )
            follow_up = FollowUp(
                seq=pen.next,
                at=pen.now,
                position=position,
                attempt=attempt,
                step=step,
                text=storable(text),
                key_point_id=key_point_id,
            )
            return await pen.append(follow_up, key)

    @undisturbed
    async def hint(
        self, session_id: str, text: str, *, position: int, step: int, key_point_id: str = ""
    ) -> Hint:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"hint:{position}:{step}"
            stored = await pen.stored(Hint, key)
            if stored is not None:
                return stored
            pen.must_go_on()
            await _slot(pen, position)
            if not 1 <= step <= HINT_STEPS:
                raise SessionChanged(filled("There is no hint number {step}.", step=step), RELOAD)
            hint = Hint(
                seq=pen.next,
                at=pen.now,
                position=position,
                step=step,
                text=storable(text),
                key_point_id=key_point_id,
            )
            return await pen.append(hint, key)

    @undisturbed
    async def open_attempt(self, session_id: str, *, position: int, attempt: int) -> AttemptOpened:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"attempt:{position}:{attempt}"
            stored = await pen.stored(AttemptOpened, key)
            if stored is not None:
                return stored
            pen.must_go_on()
            await _slot(pen, position, attempt - 1)
            opened = AttemptOpened(seq=pen.next, at=pen.now, position=position, attempt=attempt)
            return await pen.append(opened, key)

    @undisturbed
    async def skip(
        self, session_id: str, *, position: int, attempt: int = 1, step: int = 0
    ) -> Skip:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"skip:{position}:{attempt}:{step}"
            stored = await pen.stored(Skip, key)
            if stored is not None:
                return stored
            pen.must_go_on()
            await _slot(pen, position, attempt, step)
            if await _is_answered(pen, position, attempt, step):
                raise SessionChanged("This question was answered.", RELOAD)
            skip = Skip(seq=pen.next, at=pen.now, position=position, attempt=attempt, step=step)
            return await pen.append(skip, key)

    @undisturbed
    async def show_reference(
        self, session_id: str, *, position: int, attempt: int = 1
    ) -> ReferenceShown:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            key = f"reference:{position}:{attempt}"
            stored = await pen.stored(ReferenceShown, key)
            if stored is not None:
                return stored
            await _slot(pen, position, attempt)
            return await pen.append(
                ReferenceShown(seq=pen.next, at=pen.now, position=position), key
            )

    @undisturbed
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
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            stored = await pen.stored(Remark, f"remark:{key}")
            if stored is not None:
                return stored
            remark = Remark(
                seq=pen.next,
                at=pen.now,
                speaker=speaker,
                text=storable(text),
                position=position,
                topic=topic,
            )
            return await pen.append(remark, f"remark:{key}")

    @undisturbed
    async def appeal(
        self, session_id: str, text: str, *, answer: int, key_point_id: str, key: str
    ) -> Appeal:
        """See `base.Journal`."""
        async with self.appending(session_id) as pen:
            stored = await pen.stored(Appeal, f"appeal:{key}")
            if stored is not None:
                return stored
            await pen.must_have_answer(answer)
            appeal = Appeal(
                seq=pen.next,
                at=pen.now,
                answer=answer,
                key_point_id=key_point_id,
                text=storable(text),
                key=storable(key),
            )
            return await pen.append(appeal, f"appeal:{key}")


async def _slot(
    pen: Pen, position: int, attempt: int = 1, step: int = 0
) -> dict[str, Event | None]:
    """What is known of one place for an answer. Raises SessionChanged where there is none."""
    needed = [f"question:{position}"]
    needed += [f"attempt:{position}:{attempt}"] if attempt != 1 else []
    needed += [f"follow_up:{position}:{attempt}:{step}"] if step != 0 else []
    optional = [f"skip:{position}:{attempt}:{step}"]
    optional += [f"hint:{position}:{number}" for number in range(1, HINT_STEPS + 1)]
    optional += [f"reference:{position}:{number}" for number in range(1, min(attempt, 100) + 1)]
    found = await pen.having([*needed, *optional])
    missing = [key for key in needed if key not in found]
    if missing:
        raise SessionChanged(
            filled(
                "Question {position}, attempt {attempt}, follow-up {step} was not asked.",
                position=position,
                attempt=attempt,
                step=step,
            ),
            RELOAD,
        )
    return found


async def _is_answered(pen: Pen, position: int, attempt: int, step: int) -> bool:
    query = select(answers.c.seq).where(
        answers.c.session_id == pen.session_id,
        answers.c.position == position,
        answers.c.attempt == attempt,
        answers.c.step == step,
    )
    return await pen.connection.scalar(query) is not None
