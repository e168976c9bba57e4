"""Putting questions: the plan, and what of it comes next."""

from app.domain.question import Question
from app.interview.adapting import Find, plot_course
from app.interview.sitting import Sitting


class Asking(Sitting):
    """The part of a host that puts questions."""

    async def ask(self, question: Question) -> None:
        """Put a question of the plan."""
        planned = next((one for one in self.session.plan if one.question_id == question.id), None)
        position = len(self.session.turns) + 1
        await self.repository.ask(self.session.id, question, position=position, planned=planned)
        await self.reload()

    async def ask_next(self, find: Find) -> tuple[Question | None, tuple[str, ...]]:
        """Put the question that suits the level shown so far; None where none is left.

        Where that changes the plan, the changed plan is stored first. Questions that are no
        longer in any bank leave the plan; their ids come back.
        """
        course = plot_course(self.session, find)
        if course.why:
            newest = self.session.plans[-1]
            await self.repository.replan(
                self.session.id,
                course.plan,
                replaces=newest.seq,
                unmet=newest.unmet,
                left_over=newest.left_over,
                spare=course.spare,
                why=course.why,
            )
            await self.reload()
        if course.question is not None:
            await self.ask(course.question)
        return course.question, course.gone
