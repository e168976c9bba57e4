"""Two runs over the same cases: what changed, by how much, and how sure that is."""

from dataclasses import dataclass, field
from typing import Any

from app.errors import EvalError, filled
from app.evals.lines import Line, row_of
from app.evals.paired import Difference, Pairs
from app.evals.resample import DRAWS, SEED
from app.evals.runfile import RunFile

MOST_MOVED = 20


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case whose grade changed; `before` and `after` are its lines in both runs."""

    before: Line
    after: Line
    by: float


@dataclass(slots=True)
class Comparison:
    """What `compare_runs` found; `notes` say what else differs between the runs."""

    both: int = 0
    only_graded_once: int = 0
    differences: list[Difference] = field(default_factory=list)
    moved: list[MovedCase] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare_runs(
    before: RunFile, after: RunFile, *, draws: int = DRAWS, seed: int = SEED
) -> Comparison:
    """Paired differences over the cases that both runs graded.

    Raises EvalError where the runs have different cases, marks or questions: a difference would
    then say nothing about the graders.
    """
    reason = why_incomparable(before.head, after.head)
    if reason:
        raise EvalError(
            filled("These runs cannot be compared: {reason}.", reason=reason),
            "Run both over the same case files and banks.",
        )
    result = Comparison(notes=_notes(before.head, after.head))
    pairs = Pairs()
    second = {(line["source"], line["id"]): line for line in after.lines()}
    for line in before.lines():
        other = second.pop((line["source"], line["id"]), None)
        if other is None or not pairs.add(row_of(line), row_of(other)):
            result.only_graded_once += 1
            continue
        _keep_moved(result.moved, line, other)
    result.only_graded_once += len(second)
    result.both = len(pairs.groups)
    result.moved.sort(key=lambda case: -abs(case.by))
    result.moved = result.moved[:MOST_MOVED]
    result.differences = pairs.differences(draws, seed)
    return result


def why_incomparable(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Why two runs' heads say that they cannot be compared, or ""."""
    first, second = before.get("run"), after.get("run")
    if not isinstance(first, dict) or not isinstance(second, dict):
        return "one of them does not say what it was made from"
    files = [
        [(item["name"], item["digest"]) for item in run.get("case_files", ())]
        for run in (first, second)
    ]
    if [digest for _, digest in files[0]] != [digest for _, digest in files[1]]:
        names = [", ".join(name for name, _ in listed) or "none" for listed in files]
        return f"they graded different case files ({names[0]} against {names[1]})"
    if first.get("banks") != second.get("banks"):
        names = [", ".join(sorted(run.get("banks") or ())) or "none" for run in (first, second)]
        apart = f" ({names[0]} against {names[1]})" if names[0] != names[1] else ""
        return f"their question banks differ{apart}"
    return ""


def _notes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    first, second = before["run"], after["run"]
    notes = [
        f"{name}: {first['grader'].get(name) or 'none'} → {second['grader'].get(name) or 'none'}"
        for name in ("mode", "model", "prompt", "embedder", "calibration")
        if first["grader"].get(name) != second["grader"].get(name)
    ]
    for name in ("commit", "version"):
        if first.get(name) != second.get(name):
            notes.append(f"{name}: {first.get(name)} → {second.get(name)}")
    if first.get("dirty") or second.get("dirty"):
        notes.append("code with changes that are in no commit was used")
    return notes


def _keep_moved(moved: list[MovedCase], line: Line, other: Line) -> None:
    by = other["assessment"]["score"] - line["assessment"]["score"]
    verdicts = [
        [point["verdict"] for point in one["assessment"]["key_points"]] for one in (line, other)
    ]
    if by == 0 and verdicts[0] == verdicts[1]:
        return
    moved.append(MovedCase(line, other, by))
    if len(moved) > 20 * MOST_MOVED:
        moved.sort(key=lambda case: -abs(case.by))
        del moved[MOST_MOVED:]
