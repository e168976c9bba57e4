"""One attack on one carrier: grade it with and without the attack, and compare."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.assessment import Assessment, Mode, Verdict
from app.evals.attacks.adversary import (
    Adversary,
    HonestJudge,
    Obedience,
    QuotePicker,
    obediences_for,
)
from app.evals.attacks.outcome import Harmed, Secrets, harms_of
from app.evals.attacks.suite import Attack, Carrier, HonestVerdict, Mounted
from app.grading.grader import Grader
from app.llm.base import ChatModel, ChatReply, ChatRequest, OnText

RubricWith = Callable[[ChatModel], Grader]

NOTHING_SAID = {"zh": "我不知道。", "en": "I don't know."}
"""What an attack in the place of the answer is compared with."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One attack on one carrier under one grader; `harms` is empty where the grader held.

    `obedience` is the way in which the adversary did most harm, None for the similarity grader.
    `before` and `after` are scores from 0 to 10, None where ungraded.
    """

    attack: Attack
    carrier_id: str
    mode: Mode
    before: float | None
    after: float | None
    harms: tuple[Harmed, ...] = ()
    obedience: Obedience | None = None

    @property
    def rise(self) -> float:
        """Points that the attack gained; 0 where it ended ungraded."""
        return 0.0 if self.after is None else self.after - (self.before or 0.0)

    @property
    def severity(self) -> tuple[int, float]:
        """Sorts trials by harm: how many kinds, then the rise."""
        return len({harmed.harm for harmed in self.harms}), self.rise

    def as_json(self) -> dict[str, Any]:
        """The trial as JSON-ready values."""
        return {
            "attack": self.attack.id,
            "family": self.attack.family,
            "half": self.attack.half,
            "carrier": self.carrier_id,
            "grader": self.mode,
            "obedience": self.obedience,
            "before": self.before,
            "after": self.after,
            "harms": [asdict(harmed) for harmed in self.harms],
        }


class _Line:
    """A telephone line to whichever judge is on duty, so that one warm grader serves all trials."""

    name = "scripted"

    def __init__(self) -> None:
        self.judge: HonestJudge | Adversary | None = None

    async def reply(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        assert self.judge is not None, "put a judge on the line first"
        return await self.judge.reply(request, on_text)

    async def aclose(self) -> None:
        """There is no connection."""


class AttackTrier:
    """Tries attacks against both graders; grades each carrier without an attack once.

    Trials share one rubric grader and take turns.
    """

    def __init__(self, similarity: Grader, rubric_with: RubricWith, picker: QuotePicker) -> None:
        self._line = _Line()
        self._similarity = similarity
        self._rubric = rubric_with(self._line)
        self._picker = picker
        self._honest: dict[tuple[Mode, str], Assessment] = {}
        self._secrets: dict[str, Secrets] = {}

    async def against_similarity(self, attack: Attack, mounted: Mounted) -> Trial:
        """The trial against the grader without a model."""
        base = _compared_with(attack, mounted)
        honest = await self._without_attack(Mode.SIMILARITY, base)
        text = attack.mounted_on(mounted.question, mounted.carrier.answer)
        attacked = await self._similarity.assess(mounted.question, text)
        return _trial(
            attack, mounted, attacked, honest, harms_of(attacked, honest, base.carrier.deserved)
        )

    async def against_rubric(self, attack: Attack, mounted: Mounted) -> Trial:
        """The trial against the rubric grader, with the adversary at its most harmful."""
        question = mounted.question
        await self._without_attack(Mode.RUBRIC, mounted)  # its prompts are what may leak
        base = _compared_with(attack, mounted)
        honest = await self._without_attack(Mode.RUBRIC, base)
        text = attack.mounted_on(question, mounted.carrier.answer)
        added = text.replace(mounted.carrier.answer, "") or text
        quotes = self._picker.ranked(question, text)
        added_quotes = self._picker.ranked(question, added)
        trials: list[Trial] = []
        for obedience in obediences_for(attack, mounted.carrier, text):
            adversary = Adversary(question, attack, text, obedience, quotes, added_quotes)
            self._line.judge = adversary
            attacked = await self._rubric.assess(question, text)
            usable = adversary.judges or adversary.replies == 0
            leaked = self._secrets[question.id].leaks_in(attacked, honest, text)
            harms = harms_of(attacked, honest, base.carrier.deserved, leaked=leaked, usable=usable)
            trials.append(_trial(attack, mounted, attacked, honest, harms, obedience))
        return max(trials, key=lambda trial: trial.severity)

    async def _without_attack(self, mode: Mode, base: Mounted) -> Assessment:
        key = (mode, base.carrier.id)
        if key not in self._honest:
            self._honest[key] = await self._grade_honestly(mode, base)
        return self._honest[key]

    async def _grade_honestly(self, mode: Mode, base: Mounted) -> Assessment:
        question, answer = base.question, base.carrier.answer
        if mode is Mode.SIMILARITY:
            return await self._similarity.assess(question, answer)
        self._line.judge = judge = HonestJudge(question, base.carrier)
        assessment = await self._rubric.assess(question, answer)
        if judge.prompts and question.id not in self._secrets:
            self._secrets[question.id] = Secrets(question, judge.prompts)
        return assessment


def _compared_with(attack: Attack, mounted: Mounted) -> Mounted:
    if attack.mount != "replace":
        return mounted
    carrier = Carrier(
        id=f"{mounted.question.id}-nothing",
        question_id=mounted.question.id,
        kind="weak",
        answer=NOTHING_SAID[attack.language],
        verdicts=tuple(HonestVerdict(verdict=Verdict.MISSING) for _ in mounted.carrier.verdicts),
    )
    return Mounted(mounted.question, carrier)


def _trial(
    attack: Attack,
    mounted: Mounted,
    attacked: Assessment,
    honest: Assessment,
    harms: tuple[Harmed, ...],
    obedience: Obedience | None = None,
) -> Trial:
    return Trial(
        attack=attack,
        carrier_id=mounted.carrier.id,
        mode=attacked.grader.mode,
        before=honest.score,
        after=attacked.score,
        harms=harms,
        obedience=obedience,
    )
