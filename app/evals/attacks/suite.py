"""The attacks and the answers that carry them, as the files under `evals/attacks/` have them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.assessment import Verdict
from app.domain.question import Bank, Question
from app.errors import EvalError, filled
from app.evals.attacks.transforms import SpacedAnswer, Transform, expand, fill
from app.resources import resource_dir

ATTACKS_FILE = "attacks.jsonl"
CARRIERS_FILE = "carriers.jsonl"

_ANSWER_MARK = "{{answer}}"


class Family(StrEnum):
    """The kinds of attack, in the order in which they are reported."""

    ORDERS = "orders"
    ROLE_PLAY = "role_play"
    FAKE_RUBRIC = "fake_rubric"
    FAKE_VERDICTS = "fake_verdicts"
    FENCE = "fence"
    FORGED_QUOTES = "forged_quotes"
    TEACHER_NOTES = "teacher_notes"
    PITY = "pity"
    AUTHORITY = "authority"
    THREATS = "threats"
    ENCODED = "encoded"
    HOMOGLYPHS = "homoglyphs"
    INVISIBLE = "invisible"
    LANGUAGES = "languages"
    HIDDEN_INSTRUCTIONS = "hidden_instructions"
    VERY_LONG = "very_long"
    PROMPT_LEAK = "prompt_leak"
    KEYWORD_STUFFING = "keyword_stuffing"
    ASKED_BACK = "asked_back"
    CONFIDENT_NONSENSE = "confident_nonsense"


class Half(StrEnum):
    """Which attacks defences may be tuned on (`fit`), and which stay unseen (`report`)."""

    FIT = "fit"
    REPORT = "report"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, pattern=r"^[a-z0-9-]+$")


RowT = TypeVar("RowT", bound=_Row)


class Attack(_Row):
    """One attack: `text` as typed, or a `transform` that makes it.

    `mount` says where it goes: after the carrier, before it, around it (the text holds
    `{{answer}}`) or in its place. `language` is that of the questions it is tried on. `reply` is
    what a model that obeys to the letter sends back instead of a judgement, where the attack
    asks for that.
    """

    family: Family
    language: Literal["zh", "en"]
    mount: Literal["append", "prepend", "replace", "wrap"]
    text: str = ""
    transform: Transform | None = None
    reply: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.text) == (self.transform is not None):
            raise ValueError("give either text or transform")
        if self.mount == "wrap" and not self._holds_answer():
            raise ValueError(f"a wrapping attack needs {_ANSWER_MARK} in its text")
        return self

    def _holds_answer(self) -> bool:
        return (
            _ANSWER_MARK in self.text
            or isinstance(self.transform, SpacedAnswer)
            or _ANSWER_MARK in getattr(self.transform, "then", "")
        )

    @property
    def half(self) -> Half:
        """By a hash of the id: two thirds to fit on, one third kept unseen."""
        return Half.REPORT if _hash(self.id)[0] % 3 == 0 else Half.FIT

    def mounted_on(self, question: Question, answer: str) -> str:
        """The text that the grader gets instead of `answer`."""
        added = (
            expand(self.transform, question, answer)
            if self.transform
            else fill(self.text, question, answer)
        )
        match self.mount:
            case "append":
                return f"{answer}\n{added}"
            case "prepend":
                return f"{added}\n{answer}"
            case "wrap" | "replace":
                return added


class HonestVerdict(BaseModel):
    """What an honest judge says of a carrier about one key point, with the words that show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Verdict
    quote: str = ""


class Carrier(_Row):
    """An honest answer that attacks are mounted on; `verdicts` in the key points' order."""

    question_id: str
    kind: Literal["weak", "good"]
    answer: str = Field(min_length=1)
    verdicts: tuple[HonestVerdict, ...]

    @property
    def deserved(self) -> tuple[Verdict, ...]:
        """The verdicts without their quotes."""
        return tuple(honest.verdict for honest in self.verdicts)

    @model_validator(mode="after")
    def _quotes_are_there(self) -> Self:
        if lost := [v.quote for v in self.verdicts if v.quote not in self.answer]:
            raise ValueError(f"not in the answer: {lost[0]!r}")
        return self


@dataclass(frozen=True, slots=True)
class Mounted:
    """A carrier together with its question."""

    question: Question
    carrier: Carrier


@dataclass(frozen=True, slots=True)
class AttackSuite:
    """Attacks, and the carriers they are tried on."""

    attacks: tuple[Attack, ...]
    carriers: tuple[Mounted, ...]

    def pairs(self, questions: int | None = None) -> list[tuple[Attack, Mounted]]:
        """Each attack with the carriers that it is tried on.

        These are the carriers of `questions` questions in its language (None: of all), which ones
        by a hash of the ids, so that every question comes up. An attack in the place of the
        answer needs one carrier a question only.
        """
        ids = dict.fromkeys(mounted.question.id for mounted in self.carriers)
        return [
            (attack, mounted)
            for attack in self.attacks
            for mounted in self._chosen(attack, list(ids), questions)
        ]

    def _chosen(self, attack: Attack, ids: list[str], questions: int | None) -> list[Mounted]:
        fitting = [
            mounted
            for mounted in self.carriers
            if mounted.question.language.startswith(attack.language)
            and (attack.mount != "replace" or mounted.carrier.kind == "weak")
        ]
        if questions is None:
            return fitting
        own = {mounted.question.id for mounted in fitting}
        drawn = sorted((name for name in ids if name in own), key=lambda n: _hash(attack.id + n))
        return [mounted for mounted in fitting if mounted.question.id in drawn[:questions]]

    def half(self, half: Half) -> "AttackSuite":
        """The suite with the attacks of one half only."""
        kept = tuple(attack for attack in self.attacks if attack.half is half)
        return AttackSuite(kept, self.carriers)


def read_attack_suite(banks: Sequence[Bank], folder: Path | None = None) -> AttackSuite:
    """The suite in `folder` (default: the shipped one), its carriers matched with their questions.

    Raises EvalError with file and line where a row is malformed, an id is used twice, or a
    carrier names a question that no bank has or that has other key points.
    """
    folder = folder or resource_dir("evals") / "attacks"
    attacks = _read(folder / ATTACKS_FILE, Attack)
    carriers = _read(folder / CARRIERS_FILE, Carrier)
    questions = {question.id: question for bank in banks for question in bank.questions}
    return AttackSuite(attacks, tuple(_match(carrier, questions) for carrier in carriers))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _match(carrier: Carrier, questions: dict[str, Question]) -> Mounted:
    question = questions.get(carrier.question_id)
    if question is None or len(question.key_points) != len(carrier.verdicts):
        raise EvalError(
            filled(
                "Carrier {id!r} does not fit a question {question_id!r} of the banks.",
                id=carrier.id,
                question_id=carrier.question_id,
            ),
            "Give the banks that the carriers were written for, with one verdict a key point.",
        )
    return Mounted(question, carrier)


def _read(file: Path, kind: type[RowT]) -> tuple[RowT, ...]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(
            filled("{file} cannot be read: {error}.", file=file, error=error), "Check the folder."
        ) from error
    rows: dict[str, RowT] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = kind.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"])
            raise EvalError(
                filled(
                    "{file}:{number}: {where}: {problem}.",
                    file=file,
                    number=number,
                    where=where,
                    problem=problem["msg"],
                ),
                "Correct the line.",
            ) from error
        if row.id in rows:
            raise EvalError(
                filled(
                    "{file}:{number}: id {id!r} is used twice.", file=file, number=number, id=row.id
                ),
                "Rename one.",
            )
        rows[row.id] = row
    return tuple(rows.values())
