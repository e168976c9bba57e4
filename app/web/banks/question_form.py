"""The form of a question: from the bank to fields, and from fields to the bank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import Field

from app.bank.changing import number_points
from app.bank.normal import normal_question
from app.bank.values import difficulty_of, language_of, tags_of, weight_of, wordings_of
from app.domain.question import KeyPoint, Question
from app.language.messages import Translate
from app.web.forms import PageForm

MOST_ROWS = 60
LONGEST_LINE = 500
LONGEST_TEXT = 20_000

_MOVE = re.compile(r"(up|down|remove)-(\d{1,3})")


class QuestionForm(PageForm):
    """What stands in the fields, all of it text; `do` is the button that was pressed.

    `basis` is the digest of the question that the form was made from, "" for a new one. The
    `point_…` lists have one entry a row.
    """

    do: str = Field(default="check", max_length=20)
    basis: str = Field(default="", max_length=64)
    id: str = Field(default="", max_length=100)
    text: str = Field(default="", max_length=LONGEST_TEXT)
    topic: str = Field(default="", max_length=LONGEST_LINE)
    difficulty: str = Field(default="2", max_length=10)
    language: str = Field(default="", max_length=20)
    tags: str = Field(default="", max_length=2000)
    variants: str = Field(default="", max_length=LONGEST_LINE)
    reference: str = Field(default="", max_length=3 * LONGEST_TEXT)
    point_id: list[str] = Field(default_factory=list, max_length=MOST_ROWS)
    point_title: list[str] = Field(default_factory=list, max_length=MOST_ROWS)
    point_detail: list[str] = Field(default_factory=list, max_length=MOST_ROWS)
    point_weight: list[str] = Field(default_factory=list, max_length=MOST_ROWS)
    point_follow_up: list[str] = Field(default_factory=list, max_length=MOST_ROWS)
    point_wordings: list[str] = Field(default_factory=list, max_length=MOST_ROWS)

    @property
    def rows(self) -> tuple["Row", ...]:
        """The rows; a list that is too short is filled up."""
        lists = (
            self.point_id,
            self.point_title,
            self.point_detail,
            self.point_weight,
            self.point_follow_up,
            self.point_wordings,
        )
        count = max(map(len, lists))
        return tuple(
            Row(*((one[place] if place < len(one) else "") for one in lists))
            for place in range(count)
        )

    def with_rows(self, rows: Sequence["Row"]) -> "QuestionForm":
        """The same form with other rows."""
        return self.model_copy(
            update={
                "point_id": [row.id for row in rows],
                "point_title": [row.title for row in rows],
                "point_detail": [row.detail for row in rows],
                "point_weight": [row.weight for row in rows],
                "point_follow_up": [row.follow_up for row in rows],
                "point_wordings": [row.wordings for row in rows],
            }
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A key point's fields; `id` is "" for a new one, `wordings` has one a line."""

    id: str = ""
    title: str = ""
    detail: str = ""
    weight: str = ""
    follow_up: str = ""
    wordings: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.title + self.detail + self.follow_up + self.wordings).strip()


@dataclass(frozen=True, slots=True)
class Read:
    """What a form comes to: a question, or what is wrong by field (`row-3` for a row)."""

    question: Question | None = None
    problems: dict[str, str] = field(default_factory=dict)


def form_of(question: Question | None, language: str = "") -> QuestionForm:
    """The form of a question, or an empty one; with a row to spare."""
    if question is None:
        return QuestionForm(language=language).with_rows([Row(), Row(), Row()])
    form = QuestionForm(
        basis=question.digest,
        id=question.id,
        text=question.text,
        topic=question.topic,
        difficulty=str(question.difficulty),
        language=question.language,
        tags=", ".join(question.tags),
        variants=question.variants,
        reference=question.reference,
    )
    rows = [
        Row(
            point.id,
            point.title,
            point.detail,
            _number(point.weight),
            point.follow_up,
            "\n".join(point.wordings),
        )
        for point in question.key_points
    ]
    return form.with_rows([*rows, Row()])


def rearranged(form: QuestionForm) -> QuestionForm | None:
    """The form after a button that adds, moves or removes a row; None for any other button."""
    rows = list(form.rows)
    if form.do == "add":
        return form.with_rows([*rows, Row()][:MOST_ROWS])
    match = _MOVE.fullmatch(form.do)
    if match is None:
        return None
    place = int(match[2])
    if not 0 <= place < len(rows):
        return form
    row = rows.pop(place)
    if match[1] != "remove":
        rows.insert(max(place - 1, 0) if match[1] == "up" else place + 1, row)
    return form.with_rows(rows)


def read_form(form: QuestionForm, old: Question | None, say: Translate) -> Read:
    """The question that the fields hold, in normal form; what they leave out is as in `old`."""
    problems: dict[str, str] = {}
    if not form.text.strip():
        problems["text"] = say("Write the question.")
    try:
        difficulty = difficulty_of(form.difficulty)
        if difficulty not in (1, 2, 3):
            raise ValueError(difficulty)
    except ValueError:
        problems["difficulty"], difficulty = say("Choose 1, 2 or 3."), 2
    try:
        language = language_of(form.language)
    except ValueError:
        problems["language"], language = say("Write a tag such as zh or en."), "en"
    points = []
    for place, row in enumerate(form.rows):
        if not row.is_empty:
            points.append(_point(row, place, problems, say))
    if not points and not form.reference.strip():
        problems["points"] = say("Write at least one key point, or a reference answer.")
    if problems:
        return Read(problems=problems)
    question = Question(
        id=old.id if old else form.id.strip(),
        text=form.text,
        topic=form.topic,
        difficulty=difficulty,
        language=language,
        reference=form.reference,
        key_points=number_points(points, old.key_points if old else ()),
        # a tag of the bank's may hold what separates tags here
        tags=old.tags if old and form.tags == ", ".join(old.tags) else tags_of(form.tags),
        variants=form.variants,
    )
    return Read(normal_question(question))


def _number(weight: float) -> str:
    return repr(weight).removesuffix(".0")


def _point(row: Row, place: int, problems: dict[str, str], say: Translate) -> KeyPoint:
    weight = 1.0
    try:
        weight = weight_of(row.weight.strip() or "1")
        if not 0 < weight <= 1000:
            raise ValueError(weight)
    except ValueError:
        problems[f"row-{place}"] = say("The weight is a positive number such as 1 or 1.5.")
    if not row.title.strip():
        problems[f"row-{place}"] = say("Give the key point a title.")
    wordings = wordings_of(row.wordings)
    return KeyPoint(row.id.strip(), row.title, row.detail, weight, row.follow_up, wordings)


def with_clean_lines(form: QuestionForm) -> QuestionForm:
    """The form with line ends as the bank has them; browsers send two signs for each."""
    rows = [
        replace(
            row,
            detail=row.detail.replace("\r\n", "\n"),
            wordings=row.wordings.replace("\r\n", "\n"),
        )
        for row in form.rows
    ]
    plain = {name: getattr(form, name).replace("\r\n", "\n") for name in ("text", "reference")}
    return form.model_copy(update=plain).with_rows(rows)
