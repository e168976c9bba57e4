"""The shapes that a judging model must reply in, and how a reply becomes one.

A reply is mended only where nothing is lost or guessed (see `json_repair`), verdict words are
mapped through a closed table, and of two verdicts on a key point the last one wins. Whatever
else is wrong is a `Problem`, to be put to the model once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.assessment import Verdict
from app.grading.rubric.json_repair import read_object

_SPELLINGS: Mapping[Verdict, str] = {
    Verdict.COVERED: "covered|fully covered|covered fully|覆盖|已覆盖|完全覆盖|讲到|已讲到|涵盖",
    Verdict.PARTIAL: "partial|partially|partially covered|partly covered|部分|部分覆盖|部分讲到",
    Verdict.MISSING: "missing|missed|not covered|not mentioned|absent|缺失|未覆盖|未提及|未讲到|"
    "没有讲到|没讲到|遗漏",
    Verdict.CONTRADICTED: "contradicted|contradicts|contradiction|contradictory|矛盾|相反|说反",
}
VERDICT_WORDS: Mapping[str, Verdict] = {
    word: verdict for verdict, words in _SPELLINGS.items() for word in words.split("|")
}
"""Every spelling of a verdict that is understood, in lower case."""


class ProblemKind(StrEnum):
    """Why a reply cannot be used; the prompt template words each."""

    NOT_JSON = "not_json"
    CUT = "cut"
    MISSING = "missing"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a reply; `ids` names the key points concerned."""

    kind: ProblemKind
    ids: tuple[str, ...] = ()


class ReplyProblem(Exception):
    """A reply that cannot be used; handled within the grader."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointReply(_Part):
    """The verdict on one key point; the order of the fields is the order of thinking."""

    id: str
    reason: str
    quote: str
    verdict: Verdict


class FindingReply(_Part):
    """A quote that is false, or right beyond the key points, and why."""

    quote: str
    why: str


class GradeReply(_Part):
    """The reply to `grade_answer`."""

    key_points: list[PointReply]
    errors: list[FindingReply] = Field(default_factory=list)
    beyond: list[FindingReply] = Field(default_factory=list)
    strengths: list[str] = Field(default_factory=list)
    improvements: list[str] = Field(default_factory=list)
    follow_up: str = ""


class AgainReply(_Part):
    """The reply to `judge_key_points_again`."""

    key_points: list[PointReply]


class FollowUpReply(_Part):
    """The reply to `ask_follow_up`."""

    follow_up: str


Shape = TypeVar("Shape", GradeReply, AgainReply)


@cache
def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a reply, every field required, as strict structured output asks.

    Titles and descriptions are left out: they are for readers of the code, and a change of them
    must not change the request.
    """
    schema = shape.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        _drop_notes(part)
        if "properties" in part:
            part["required"] = list(part["properties"])
            for field in part["properties"].values():
                _drop_notes(field)
                field.pop("default", None)
    return schema


def _drop_notes(part: dict[str, Any]) -> None:
    part.pop("title", None)
    part.pop("description", None)


def parse_grade(text: str, ids: Sequence[str], *, complete: bool = True) -> GradeReply:
    """The reply with exactly one verdict for each of `ids`, in that order.

    Raises ReplyProblem. `complete` is whether the endpoint says that the text is whole.
    """
    return _parse(GradeReply, text, ids, complete)


def parse_again(text: str, ids: Sequence[str], *, complete: bool = True) -> AgainReply:
    """As `parse_grade`, for the second look."""
    return _parse(AgainReply, text, ids, complete)


def parse_follow_up(text: str) -> str:
    """The follow-up in a reply to `ask_follow_up`, or "" where there is none."""
    data = read_object(text, needs="follow_up") or {}
    said = data.get("follow_up")
    return said.strip() if isinstance(said, str) else ""


def parse_point(text: str) -> PointReply | None:
    """One key point's object as it stands in a stream, or None if it is not one."""
    data = read_object(text, needs="verdict")
    point = _point(data) if data is not None else None
    return _checked_point(point) if point is not None else None


def _checked_point(point: dict[str, Any]) -> PointReply | None:
    try:
        return PointReply.model_validate(point)
    except ValidationError:
        return None


def _parse(shape: type[Shape], text: str, ids: Sequence[str], complete: bool) -> Shape:
    broken = Problem(ProblemKind.NOT_JSON if complete else ProblemKind.CUT)
    data = read_object(text, needs="key_points")
    if data is None:
        raise ReplyProblem(broken)
    known = {name: value for name, value in data.items() if name in shape.model_fields}
    known = {name: value for name, value in known.items() if value is not None}
    known["key_points"] = _points(known.get("key_points"), ids)
    for name in ("errors", "beyond"):
        if isinstance(known.get(name), list):
            known[name] = [_finding(item) for item in known[name]]
    try:
        return shape.model_validate(known)
    except ValidationError as error:
        raise ReplyProblem(broken) from error


def _points(raw: Any, ids: Sequence[str]) -> list[dict[str, Any]]:
    """One object for each id, in order; raises ReplyProblem for missing ids or odd verdicts."""
    if isinstance(raw, dict):
        raw = [{"id": name, **value} for name, value in raw.items() if isinstance(value, dict)]
    if not isinstance(raw, list):
        raise ReplyProblem(Problem(ProblemKind.NOT_JSON))
    names = {plain_id(name): name for name in ids}
    found: dict[str, dict[str, Any]] = {}
    for item in raw:
        point = _point(item) if isinstance(item, dict) else None
        name = names.get(plain_id(point["id"])) if point else None
        if point and name:
            found[name] = {**point, "id": name}
    if missing := tuple(name for name in ids if name not in found):
        raise ReplyProblem(Problem(ProblemKind.MISSING, missing))
    if odd := tuple(name for name in ids if not isinstance(found[name]["verdict"], Verdict)):
        raise ReplyProblem(Problem(ProblemKind.VERDICT, odd))
    return [found[name] for name in ids]


def _point(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """The known fields of one key point, the verdict word translated where it is known."""
    if "id" not in item:
        return None
    word = item.get("verdict")
    verdict = VERDICT_WORDS.get(_plain_word(word)) if isinstance(word, str) else None
    return {
        "id": str(item["id"]),
        "reason": item.get("reason") or "",
        "quote": item.get("quote") or "",
        "verdict": verdict or word,
    }


def _finding(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {"quote": item.get("quote") or "", "why": item.get("why") or ""}


def plain_id(name: str) -> str:
    """An id without case, spaces and decoration, so that `KP1` and `[kp1]` are `kp1`."""
    return "".join(character for character in name.casefold() if character not in " []()<>*`\"'：:")


def _plain_word(word: str) -> str:
    plain = word.casefold().replace("_", " ").replace("-", " ")
    return " ".join(plain.strip(" .。!！*`\"'“”").split())
