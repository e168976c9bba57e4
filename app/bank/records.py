"""Questions as records, the form in which they come from JSON, JSONL, YAML and tables."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, NoReturn, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.bank.answer import parse_answer, point_of_text
from app.bank.identity import Numbering, slug
from app.bank.normal import normal_bank
from app.bank.sections import Entry, Kind
from app.bank.values import difficulty_of, language_of, tags_of, weight_of, wordings_of
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankError, filled
from app.language.detect import detect_language

_NAMES = {
    "id": ("编号", "question_id", "qid", "题号"),
    "number": ("no", "no.", "序号", "#", "num"),
    "question": ("text", "prompt", "问题", "题目", "题干", "q"),
    "reference": (
        *("answer", "reference_answer", "model_answer", "sample_answer", "a"),
        *("答案", "参考答案", "标准答案", "回答", "解答"),
    ),
    "key_points": ("keypoints", "points", "rubric", "criteria", "要点", "得分点", "关键点", "考点"),
    "topic": ("category", "section", "chapter", "主题", "分类", "类别", "章节", "专题"),
    "difficulty": ("level", "难度", "级别"),
    "tags": ("tag", "labels", "keywords", "标签", "关键词"),
    "language": ("lang", "locale", "语言"),
    "variants": ("variant", "variant_group", "变体", "变体组"),
}
_POINT_NAMES = {
    "id": ("编号",),
    "title": ("name", "point", "标题", "要点"),
    "detail": ("text", "description", "explanation", "说明", "内容", "详情"),
    "weight": ("权重", "分值"),
    "follow_up": ("followup", "follow_up_question", "追问"),
    "wordings": ("wording", "also_said", "也可以说", "其他说法"),
}
_BANK_NAMES = {
    "bank": ("id", "题库"),
    "title": ("name", "标题", "名称"),
    "language": ("lang", "语言"),
    "license": ("licence", "许可"),
    "questions": ("items", "题目", "问题"),
}


def _by_alias(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {alias: name for name, aliases in names.items() for alias in (name, *aliases)}


_ALIASES = _by_alias(_NAMES)
_POINT_ALIASES = _by_alias(_POINT_NAMES)
_BANK_ALIASES = _by_alias(_BANK_NAMES)


def field_name(header: str) -> str:
    """The field that a column's header or a record's key means, or the header as it is."""
    return _named(header, _ALIASES)


def _named(key: str, aliases: Mapping[str, str]) -> str:
    plain = "_".join(key.strip().lower().replace("-", " ").split())
    return aliases.get(plain, key.strip())


def _rename(value: object, aliases: Mapping[str, str]) -> object:
    if not isinstance(value, Mapping):
        return value
    renamed: dict[str, object] = {}
    for key, item in value.items():
        name = _named(str(key), aliases)
        if name in renamed:
            raise ValueError(
                filled("{name!r} is there twice, the second time as {key!r}", name=name, key=key)
            )
        renamed[name] = item
    return renamed


def _or_default(value: object, default: object) -> object:
    return default if value is None or value == "" else value


def _id_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _points(value: object) -> object:
    """A list of key points from a list, or from text with one a line or between semicolons."""
    if value is None:
        return []
    if isinstance(value, str):
        text = value.strip()
        parts = text.split("\n") if "\n" in text else text.replace("；", ";").split(";")
        return [_point(part) for part in parts if part.strip()]
    return [_point(part) for part in value] if isinstance(value, list) else value


def _point(value: object) -> object:
    if isinstance(value, str):
        title, detail = point_of_text(value)
        return {"title": title, "detail": detail}
    return _rename(value, _POINT_ALIASES)


_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
_Id = Annotated[str, BeforeValidator(_id_text)]


class KeyPointRecord(BaseModel):
    """A key point as JSON or YAML holds it."""

    model_config = ConfigDict(extra="forbid")

    title: str
    detail: _Text = ""
    weight: Annotated[float, BeforeValidator(lambda value: weight_of(_or_default(value, 1.0)))] = 1
    follow_up: _Text = ""
    wordings: Annotated[
        tuple[str, ...], BeforeValidator(lambda value: wordings_of(value or []))
    ] = ()
    id: _Id | None = None


class QuestionRecord(BaseModel):
    """A question as a record or a row holds it."""

    model_config = ConfigDict(extra="forbid")

    question: str
    reference: _Text = ""
    key_points: Annotated[list[KeyPointRecord], BeforeValidator(_points)] = Field(
        default_factory=list
    )
    id: _Id | None = None
    number: _Id | None = None
    topic: _Text = ""
    difficulty: Annotated[
        int, BeforeValidator(lambda value: difficulty_of(_or_default(value, 2)))
    ] = 2
    tags: Annotated[tuple[str, ...], BeforeValidator(lambda value: tags_of(value or ""))] = ()
    language: Annotated[
        str | None, BeforeValidator(lambda value: language_of(value) if value else None)
    ] = None
    variants: _Text = ""


class BankRecord(BaseModel):
    """What a file says about its bank as a whole."""

    model_config = ConfigDict(extra="forbid")

    bank: _Id | None = None
    title: _Text = ""
    language: Annotated[
        str | None, BeforeValidator(lambda value: language_of(value) if value else None)
    ] = None
    license: _Text = ""


_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a file and the line on which it begins, or 0 if unknown."""

    value: object
    line: int


def is_bank_head(value: object) -> bool:
    """Whether a mapping speaks of the bank and not of one question."""
    if not isinstance(value, Mapping):
        return False
    keys = {_named(str(key), _BANK_ALIASES) for key in value}
    return ("bank" in {str(key) for key in value} or "questions" in keys) and (
        "question" not in {str(key) for key in value}
    )


def split_bank_head(value: Mapping[str, object]) -> tuple[dict[str, object], object]:
    """The bank's own fields, and the value under `questions`."""
    renamed = dict(value)
    questions: object = []
    for key in value:
        if _named(str(key), _BANK_ALIASES) == "questions":
            questions = renamed.pop(key)
    return renamed, questions


def bank_of_records(
    records: Iterable[Located], head: Located | None, *, name: str, file: str
) -> Bank:
    """A bank in normal form; raises BankError that names the line and the field."""
    about = BankRecord()
    if head is not None:
        about = _validated(BankRecord, head, _BANK_ALIASES, file, filled("The head of the bank"))
    parsed = [
        (
            _validated(
                QuestionRecord, record, _ALIASES, file, filled("Question {number}", number=place)
            ),
            record.line,
        )
        for place, record in enumerate(records, 1)
    ]
    if not parsed:
        raise BankError(
            "There is no question in this file.",
            "docs/banks.md shows the forms that can be read.",
            file=file,
        )
    bank_id = about.bank or slug(name)
    numbering = Numbering(bank_id, {r.id for r, _ in parsed if r.id and not _is_number(r.id)})
    questions = [_question(record, line, numbering, about.language) for record, line in parsed]
    language = about.language or Counter(q.language for q in questions).most_common(1)[0][0]
    bank = Bank(bank_id, about.title, language, tuple(questions), about.license, file)
    return normal_bank(bank)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


def _question(
    record: QuestionRecord, line: int, numbering: Numbering, language: str | None
) -> Question:
    number, authored = record.number, record.id
    if authored and _is_number(authored):
        number, authored = authored, None
    number = number if number and _is_number(number.strip()) else None
    reference = record.reference
    points = tuple(_key_point(point, place) for place, point in enumerate(record.key_points, 1))
    if not points and reference.strip():
        entries = [Entry(0, Kind.TEXT, text) for text in reference.splitlines()]
        answer = parse_answer(entries, is_question_line=False)
        reference = answer.reference
        points = tuple(replace(point, line=0) for point in answer.key_points)
    return Question(
        id=numbering.next_id(number, authored or None),
        text=record.question,
        topic=record.topic,
        difficulty=record.difficulty,
        language=record.language or language or _spoken(record),
        reference=reference,
        key_points=points,
        tags=record.tags,
        variants=record.variants,
        line=line,
    )


def _spoken(record: QuestionRecord) -> str:
    titles = " ".join(point.title for point in record.key_points)
    return detect_language(f"{record.question} {record.reference} {titles}")


def _key_point(record: KeyPointRecord, place: int) -> KeyPoint:
    point_id = record.id or f"kp{place}"
    return KeyPoint(
        point_id, record.title, record.detail, record.weight, record.follow_up, record.wordings
    )


def _validated(
    model: type[_Model], found: Located, aliases: Mapping[str, str], file: str, what: str
) -> _Model:
    try:
        return model.model_validate(_rename(found.value, aliases))
    except ValidationError as error:
        _fail(what, _first_problem(error), model, file, found.line, error)
    except ValueError as error:
        _fail(what, filled("{problem}", problem=error), model, file, found.line, error)


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "extra_forbidden":
            return filled("unknown field {field!r}", field=where[:60])
        case "missing":
            return filled("{field!r} is missing", field=where)
        case "value_error":
            return filled("{problem}", problem=first["ctx"]["error"])
        case "model_type" | "model_attributes_type":
            return filled("it is not a set of fields")
    problem = first["msg"][0].lower() + first["msg"][1:]
    return filled("{field!r}: {problem}", field=where, problem=problem)


def _fail(
    what: str, problem: str, model: type[BaseModel], file: str, line: int, cause: Exception
) -> NoReturn:
    raise BankError(
        filled("{what}: {problem}.", what=what, problem=problem),
        filled("Fields are {fields}.", fields=", ".join(model.model_fields)),
        file=file,
        line=line or None,
    ) from cause
