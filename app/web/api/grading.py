"""Grading without a session, and what grades."""

from fastapi import APIRouter, Response
from pydantic import Field

from app.domain.assessment import Assessment, GraderInfo
from app.store.codec import to_json
from app.web.api.replies import documented, errors, reply
from app.web.api.shapes import LONGEST_ANSWER, Shape
from app.web.deps import Here, MaySpend, Mine

router = APIRouter(prefix="/api/v1", tags=["grading"])


class OneAnswer(Shape):
    """An answer to a question of the banks."""

    question_id: str = Field(min_length=1, max_length=200)
    answer: str = Field(max_length=LONGEST_ANSWER)


class GraderInForce(Shape):
    """What grades, and the longest answer that it takes, in characters."""

    grader: GraderInfo
    answer_limit: int


@router.post(
    "/assessments",
    operation_id="assess_answer",
    dependencies=[MaySpend],
    summary="Grade one answer",
    responses=documented(Assessment, "What `mockint ask --json` prints.") | errors(404, 502),
)
async def assess(body: OneAnswer, here: Here, mine: Mine) -> Response:
    """Grade one answer without a session; nothing is kept but what it cost."""
    question = here.room.find(body.question_id)
    assessment = await here.room.grader.assess(question, body.answer)
    if assessment.usage is not None:
        model = assessment.grader.model or ""
        await mine.add_usage(assessment.usage, purpose="grading", model=model)
    return reply(assessment.as_json())


@router.get(
    "/grader",
    operation_id="get_grader",
    summary="What grades",
    responses=documented(GraderInForce, "The grader in force.") | errors(),
)
async def grader(here: Here) -> Response:
    """Whether a model judges or similarity suggests, and how answers are bounded."""
    info = here.services.grader.info
    return reply({"grader": to_json(info), "answer_limit": here.settings.answer_limit})
