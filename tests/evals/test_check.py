"""Faults planted on purpose make the check fail; the product as it is passes it.

Cases are made from the shipped bank: its own words for the key points that an answer covers, so
that healthy graders do well and a fault shows.
"""

import asyncio
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.cli.eval.check import judge, shipped_tools
from app.domain.assessment import Evidence, Verdict
from app.domain.question import Bank, Question
from app.errors import EvalError
from app.evals.baseline import (
    Baseline,
    Better,
    Change,
    Tracked,
    failures,
    hold_against,
    read_baseline,
    write_baseline,
)
from app.evals.check import check_all
from app.evals.check_parts import PARTS, CheckTools, Part, reader_part, similarity_part
from app.evals.figures import Figure
from app.evals.questions import QuestionBook
from app.grading.feedback import first_sentence
from app.grading.rubric import judgement, support
from app.grading.rubric import reply as reply_reading
from app.grading.rubric.grader import RubricGrader
from app.grading.rubric.prompting import Prompts
from app.grading.rubric.reply import PointReply
from app.grading.similarity.calibration import calibration_for
from app.grading.similarity.grader import SimilarityGrader
from app.index.in_memory import InMemoryIndex
from app.llm.recording import ReplayModel
from app.resources import resource_dir
from app.settings import Settings
from app.wiring.evaluation import EvalGraders, shipped_banks

QUESTIONS = 8


def cases_of(bank: Bank) -> Iterator[dict[str, Any]]:
    """For each question one answer for every key point left out, one full and one empty-handed."""
    for question in bank.questions[:QUESTIONS]:
        points = question.key_points
        for kept in [*([p for p in points if p is not lost] for lost in points), points, ()]:
            words = "\n".join(f"{p.title}：{first_sentence(p.detail)}" for p in kept)
            share = sum(p.weight for p in kept) / sum(p.weight for p in points)
            yield {
                "id": f"{question.id}-{'-'.join(p.id for p in kept) or 'none'}",
                "question_id": question.id,
                "answer": words or "这个我们组里讨论过几次，一直没有定下来，还要再看看。",
                "verdicts": ["covered" if p in kept else "missing" for p in points],
                "score": round(10 * share, 1),
            }


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> CheckTools:
    path = tmp_path_factory.mktemp("cases") / "made.jsonl"
    lines = (json.dumps(line, ensure_ascii=False) for line in cases_of(chinese_bank()))
    path.write_text("\n".join(lines), encoding="utf-8")
    shipped = shipped_tools(Settings(_env_file=None))
    return replace(shipped, cases={"made": path}, attacks=None, contrast=None)


@pytest.fixture(scope="module")
def accepted(tools: CheckTools) -> dict[str, Tracked]:
    return measured(tools)


def chinese_bank() -> Bank:
    return next(bank for bank in shipped_banks() if bank.language == "zh")


def measured(tools: CheckTools) -> dict[str, Tracked]:
    async def both() -> dict[str, Tracked]:
        parts = [await similarity_part(tools), await reader_part(tools)]
        return {name: item for part in parts for name, item in part.tracked.items()}

    return asyncio.run(both())


def fallen(tools: CheckTools, accepted: dict[str, Tracked]) -> set[str]:
    return {item.name for item in failures(hold_against(measured(tools), accepted))}


def test_the_product_as_it_is_passes_the_check(
    tools: CheckTools, accepted: dict[str, Tracked]
) -> None:
    assert fallen(tools, accepted) == set()
    assert accepted["similarity/made/auc"].figure.value > 0.9
    assert accepted["rubric, scripted/made/covered_f1"].figure.value > 0.8
    assert accepted["rubric, scripted/made/ungraded"].figure.value == 0


def test_a_prompt_that_drops_the_key_points_fails_the_check(
    tools: CheckTools, accepted: dict[str, Tracked], tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(resource_dir("prompts"), folder)
    for template in folder.glob("*/_question.md.j2"):
        text = template.read_text(encoding="utf-8")
        start, end = text.index("{% for point"), text.index("{% endfor %}")
        template.write_text(text[:start] + text[end + 12 :], encoding="utf-8")
    similarity = tools.similarity
    faulty = replace(
        tools, rubric_with=lambda chat: RubricGrader(chat, similarity, Prompts(folder))
    )
    found = fallen(faulty, accepted)
    assert "rubric, scripted/made/ungraded" in found
    assert not {name for name in found if name.startswith("similarity")}
    case, why = asyncio.run(reader_part(faulty)).ungraded[0]
    assert case.startswith("made/")
    assert why


def test_key_point_weights_of_zero_fail_the_check(
    tools: CheckTools, accepted: dict[str, Tracked]
) -> None:
    weightless = Bank("weightless", questions=tuple(map(without_weights, chinese_bank().questions)))
    found = fallen(replace(tools, book=QuestionBook([weightless])), accepted)
    assert {"similarity/made/pearson", "rubric, scripted/made/pearson"} <= found


def without_weights(question: Question) -> Question:
    points = tuple(replace(point, weight=0.0) for point in question.key_points)
    return replace(question, key_points=points)


def test_coefficients_of_zero_fail_the_check(
    tools: CheckTools, accepted: dict[str, Tracked]
) -> None:
    folder = resource_dir("evals") / "calibration"
    loaded = calibration_for(tools.embedder, folder)
    match = loaded.calibration.match
    nothing = match.model_copy(update={"coefficients": (0.0,) * len(match.coefficients)})
    blind = replace(loaded, calibration=loaded.calibration.model_copy(update={"match": nothing}))
    index = InMemoryIndex(tools.embedder)
    faulty = SimilarityGrader(index, tools.embedder, calibration=lambda: blind)
    found = fallen(replace(tools, similarity=faulty), accepted)
    assert {"similarity/made/auc", "similarity/made/pearson"} & found


def test_a_quote_check_that_is_off_fails_the_check(
    tools: CheckTools, accepted: dict[str, Tracked], monkeypatch: pytest.MonkeyPatch
) -> None:
    def believe(self: support.Sheet, reply: PointReply) -> judgement.Judgement:
        point = next(point for point in self.question.key_points if point.id == reply.id)
        quoted = reply.verdict is not Verdict.MISSING
        evidence = Evidence(reply.quote, 0, len(reply.quote)) if quoted else None
        return judgement.Judgement(
            point, reply.verdict, reply.verdict, judgement.Standing.SOUND, "", evidence, 1.0
        )

    monkeypatch.setattr(support.Sheet, "judge", believe)
    found = fallen(tools, accepted)
    assert {"rubric, scripted/made/quotes verbatim", "rubric, scripted/made/missing_f1"} <= found


def test_verdicts_that_are_off_by_one_fail_the_check(
    tools: CheckTools, accepted: dict[str, Tracked], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_points = reply_reading._points

    def shifted(raw: Any, ids: Sequence[str]) -> list[dict[str, Any]]:
        points = read_points(raw, ids)
        return [points[place - 1] | {"id": point["id"]} for place, point in enumerate(points)]

    monkeypatch.setattr(reply_reading, "_points", shifted)
    found = fallen(tools, accepted)
    assert {"rubric, scripted/made/macro_f1", "rubric, scripted/made/pearson"} & found


def made_tools(path: Path) -> CheckTools:
    """For other processes."""
    shipped = shipped_tools(Settings(_env_file=None))
    return replace(shipped, cases={"made": path}, attacks=None, contrast=None)


def test_parts_from_several_processes_come_in_order_and_name_each_figure_once(
    tools: CheckTools,
) -> None:
    parts: list[Part] = list(check_all(partial(made_tools, tools.cases["made"])))
    assert len(parts) == len(PARTS)
    assert all(
        len(row) == len(panel.head) for part in parts for panel in part.panels for row in panel.rows
    )
    names = [name for part in parts for name in part.tracked]
    assert len(names) == len(set(names)) > 20


def figure(value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    return Figure(value, low, high, why="" if value is not None else "undefined")


@pytest.mark.parametrize(
    ("accepted", "now", "change"),
    [
        pytest.param(Tracked(figure(0.8, 0.7, 0.9)), figure(0.71), Change.HELD, id="within"),
        pytest.param(Tracked(figure(0.8, 0.7, 0.9)), figure(0.69), Change.FELL, id="below"),
        pytest.param(Tracked(figure(0.8, 0.7, 0.9)), figure(0.99), Change.HELD, id="better"),
        pytest.param(
            Tracked(figure(2.0, 1.5, 2.5), Better.LOWER), figure(2.6), Change.FELL, id="more error"
        ),
        pytest.param(
            Tracked(figure(2.0, 1.5, 2.5), Better.LOWER), figure(0.1), Change.HELD, id="less error"
        ),
        pytest.param(
            Tracked(figure(0.0), Better.LOWER), figure(1.0), Change.FELL, id="no interval, worse"
        ),
        pytest.param(Tracked(figure(0.5)), figure(0.49996), Change.HELD, id="rounding"),
        pytest.param(Tracked(figure(0.5)), figure(None), Change.GONE, id="undefined now"),
        pytest.param(Tracked(figure(None)), figure(None), Change.HELD, id="undefined before"),
    ],
)
def test_a_figure_falls_when_it_passes_the_bad_end_of_the_accepted_interval(
    accepted: Tracked, now: Figure, change: Change
) -> None:
    (verdict,) = hold_against({"x": Tracked(now)}, {"x": accepted})
    assert verdict.change is change


def test_a_figure_that_is_not_measured_any_more_fails_and_a_new_one_does_not() -> None:
    verdicts = hold_against({"new": Tracked(figure(1))}, {"old": Tracked(figure(1))})
    assert [(item.name, item.change) for item in verdicts] == [
        ("old", Change.GONE),
        ("new", Change.NEW),
    ]
    assert [item.name for item in failures(verdicts)] == ["old"]


def test_the_command_fails_where_a_figure_fell_and_only_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, Baseline("bundled:1", {"a": Tracked(figure(0.5, 0.25, 0.75))}))
    judge(path, Baseline("bundled:1", {"a": Tracked(figure(0.3))}), Console())
    assert "1 of 1 figures hold" in capsys.readouterr().out
    with pytest.raises(EvalError, match="1 figures fell below the baseline"):
        judge(path, Baseline("bundled:1", {"a": Tracked(figure(0.2))}), Console())
    with pytest.raises(EvalError, match="another embedder"):
        judge(path, Baseline("bundled:2", {"a": Tracked(figure(0.3))}), Console())


def test_a_baseline_reads_back_as_it_was_written(tmp_path: Path) -> None:
    baseline = Baseline("bundled:1", {"a": Tracked(figure(0.5, 0.25, 0.75), Better.LOWER)})
    path = tmp_path / "baseline.json"
    assert read_baseline(path) is None
    write_baseline(path, baseline)
    assert read_baseline(path) == baseline


def test_graders_of_scripted_models_share_the_similarity_grader() -> None:
    graders = EvalGraders(Settings(_env_file=None), shipped_banks()[:1])
    similarity = graders.similarity()
    make = partial(graders.rubric, similarity=similarity)
    assert make(None)._similarity is make(None)._similarity is similarity


def test_what_a_grader_says_of_itself_is_known_before_banks_are_embedded() -> None:
    graders = EvalGraders(Settings(_env_file=None), shipped_banks()[:1])
    chat = ReplayModel(Path("recordings"), "scripted")
    assert graders.info() == graders.similarity().info
    assert graders.info(chat) == graders.rubric(chat).info


def test_the_committed_baseline_holds_figures_of_every_part() -> None:
    baseline = read_baseline(resource_dir("evals") / "baseline.json")
    assert baseline
    assert {name.split("/")[0] for name in baseline.figures} == {
        "held out", "similarity", "rubric, scripted", "contrast", "stability", "attacks",
    }  # fmt: skip
