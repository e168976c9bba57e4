"""What the forms of the chat page send."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.assessment import Verdict
from app.web.chat.dock import Kept
from app.web.forms import PageForm
from app.web.live.bearings import Place, clean

Key = Annotated[str, Field(min_length=8, max_length=32, pattern="^[0-9a-zA-Z-]+$")]
CHECKED, VERDICT_FIELD, SUGGESTED_FIELD = "checked", "verdict:", "suggested:"


class StepForm(PageForm):
    """A step; an open self-check sends its verdicts along with it, which `read_check` looks at."""

    @model_validator(mode="before")
    @classmethod
    def _leave_the_check(cls, fields: Any) -> Any:
        own = (CHECKED, VERDICT_FIELD, SUGGESTED_FIELD)
        return {name: value for name, value in fields.items() if not name.startswith(own)}


class PlaceForm(StepForm):
    """The place that a step is about."""

    position: int = Field(default=0, ge=0, le=10_000)
    attempt: int = Field(default=1, ge=1, le=10_000)
    step: int = Field(default=0, ge=0, le=10)

    @property
    def place(self) -> Place:
        """The place as moves take it."""
        return Place(self.position, self.attempt, self.step)


class BoxForm(PlaceForm):
    """The box, whatever button it was sent with; no length is refused before it is put back.

    `seen` is how many remarks the window showed: pressing twice is one step, pressing again is
    another.
    """

    text: Annotated[str, AfterValidator(clean)] = ""
    key: Key
    seen: int = Field(default=0, ge=0, le=1_000_000)
    seconds: str = Field(default="", max_length=20)
    certain: str = Field(default="", max_length=5)
    hint: int = Field(default=0, ge=0, le=10)

    def key_for(self, step: str) -> str:
        """The name of something said beside the answer."""
        return f"{self.key}-{step}-{self.seen}"

    @property
    def kept(self) -> Kept:
        """The box with its text as it was."""
        return Kept(self.text, self.key)

    @property
    def time(self) -> float | None:
        """The seconds that the answer took, where a script counted them."""
        try:
            seconds = float(self.seconds)
        except ValueError:
            return None
        return seconds if 0 < seconds < 1_000_000 else None


class AppealForm(StepForm):
    """A disputed verdict and why."""

    position: int = Field(ge=1, le=10_000)
    point: str = Field(max_length=200)
    argument: str = Field(max_length=2_000)
    key: Key


class LeaveForm(StepForm):
    """Whatever form the button stood in: of the box's fields only its words matter."""

    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, AfterValidator(clean)] = ""
    key: str = Field(default="", max_length=32)


class ReferenceForm(LeaveForm):
    """The question whose reference is wanted."""

    position: int = Field(ge=1, le=10_000)


class CheckForm(BaseModel):
    """The verdicts of an open self-check by key point, of question `position`; 0 where none is."""

    model_config = ConfigDict(extra="forbid")

    position: int = Field(default=0, ge=0, le=10_000)
    verdicts: dict[str, Verdict] = Field(max_length=200)
    suggested: dict[str, Verdict] = Field(max_length=200)

    @property
    def changed(self) -> Mapping[str, Verdict]:
        """What was set otherwise than suggested."""
        return {
            name: verdict
            for name, verdict in self.verdicts.items()
            if self.suggested.get(name) is not verdict
        }


class RegradeForm(StepForm):
    """The number of an answer."""

    answer: int = Field(ge=1, le=1_000_000)


async def read_check(request: Request) -> CheckForm:
    """The self-check in whatever form was sent. Raises RequestValidationError."""
    form = await request.form() if request.method == "POST" else {}
    fields: dict[str, Any] = {
        "verdicts": _after(VERDICT_FIELD, form),
        "suggested": _after(SUGGESTED_FIELD, form),
    }
    if CHECKED in form:
        fields["position"] = form[CHECKED]
    try:
        return CheckForm.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _after(beginning: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose names begin so, by the rest of their names."""
    return {
        name.removeprefix(beginning): value
        for name, value in form.items()
        if name.startswith(beginning)
    }
