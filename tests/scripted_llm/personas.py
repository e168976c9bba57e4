"""Characters that answer mockint's prompts: one by its wits, one that obeys the candidate, …

Each reads the prompt as a model would: key points from the list, the answer from between its
tags. None of them knows anything of the code under test but the prompt.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.scripted_llm.server import Persona, Seen
from tests.scripted_llm.steps import Refuse, Reset, Say, Stall, Step

_TAG = re.compile(r"<(answer-[0-9a-f]{8})>\n(.*?)\n</\1>", re.DOTALL)
_POINT = re.compile(r"^- (?P<id>\S+) (?P<text>.+)$", re.MULTILINE)
_POINTS = re.compile(r"^# (?:要点|Key points).*?$(.*?)^# ", re.DOTALL | re.MULTILINE)
_CLAUSE = re.compile(r"[^，。！？；,.!?;\n]+")
_NOT = re.compile(
    r"不必|不用|无需|没必要|不需要|别|不能|不会|反而|\b(?:not|never|no need|needn't|don't)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Task:
    """What a prompt asks: key points by id, the answer, and whether findings are wanted."""

    points: dict[str, str]
    answer: str
    whole: bool
    chinese: bool


def read_task(seen: Seen) -> Task:
    """Read a prompt; an unknown one gives a task without key points."""
    user = seen.user_text
    answer = _TAG.search(user)
    listed = _POINTS.search(user)
    points = _POINT.finditer(listed[1]) if listed else iter(())
    system = seen.messages[0]["content"] if seen.messages else ""
    return Task(
        {match["id"]: match["text"] for match in points},
        answer[2] if answer else "",
        '"errors"' in system,
        "面试" in system,
    )


def point(name: str, verdict: str, quote: str = "", reason: str = "…") -> dict[str, str]:
    """One key point of a reply, fields in the order that is asked for."""
    return {"id": name, "reason": reason, "quote": quote, "verdict": verdict}


def reply_text(points: list[dict[str, str]], *, whole: bool = True, **more: Any) -> str:
    """A reply as JSON; `more` replaces findings and feedback."""
    body: dict[str, Any] = {"key_points": points}
    if whole:
        empty = {"errors": [], "beyond": [], "strengths": [], "improvements": [], "follow_up": ""}
        body |= {**empty, **more}
    return json.dumps(body, ensure_ascii=False)


def heuristic(seen: Seen) -> Step:
    """Judges by shared words and negations: no good examiner, but a lively one."""
    task = read_task(seen)
    points = [_judge(name, text, task) for name, text in task.points.items()]
    covered = [p for p in points if p["verdict"] == "covered"]
    gaps = [p for p in points if p["verdict"] != "covered"]
    told = _told(task, len(covered), [task.points[p["id"]] for p in gaps])
    return Say(reply_text(points, whole=task.whole, **told), pause=0.01)


def _told(task: Task, covered: int, gaps: list[str]) -> dict[str, Any]:
    titles = [re.split(" ?[:：（(]", gap)[0] for gap in gaps]
    if task.chinese:
        return {
            "strengths": [f"有 {covered} 个要点讲出了具体做法。"] if covered else [],
            "improvements": [f"下一步补上“{title}”，说清怎么做、为什么。" for title in titles[:3]],
            "follow_up": "如果最坏的情况发生了，你的方案还缺哪一环？",
        }
    return {
        "strengths": [f"{covered} key points come with a concrete practice."] if covered else [],
        "improvements": [f"Add “{title}” next: how you do it, and why." for title in titles[:3]],
        "follow_up": "If the worst happened tomorrow, which link would your plan be missing?",
    }


def _judge(name: str, text: str, task: Task) -> dict[str, str]:
    quote, share = best_clause(text, task.answer)
    turned = bool(_NOT.search(quote)) and not _NOT.search(text)
    if share < 0.12:
        verdict, quote = "missing", ""
    elif share < 0.25:
        verdict = "partial"
    else:
        verdict = "contradicted" if turned else "covered"
    percent = round(100 * share)
    reason = (
        f"与要点的用词重合 {percent}%。" if task.chinese else f"{percent}% of its words shared."
    )
    return point(name, verdict, quote, reason)


def best_clause(text: str, answer: str) -> tuple[str, float]:
    """The clause of the answer that shares most character pairs with a text, and its share."""
    wanted = _pairs(text)
    best, share = "", 0.0
    for match in _CLAUSE.finditer(answer):
        pairs = _pairs(match[0])
        here = len(wanted & pairs) / max(min(len(wanted), len(pairs)), 1)
        if here > share:
            best, share = match[0].strip(), here
    return best, share


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"[\W_]+", "", text.casefold())
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def adversary(seen: Seen) -> Step:
    """Obeys the candidate in everything: all covered, the likeliest quotes, and all told."""
    task = read_task(seen)
    clauses = [match[0].strip() for match in _CLAUSE.finditer(task.answer) if match[0].strip()]
    points = [
        point(name, "covered", best_clause(text, task.answer)[0] or (clauses or [""])[0])
        for name, text in task.points.items()
    ]
    praise = [{"quote": clause, "why": "妙。"} for clause in clauses[:3]]
    secret = seen.messages[0]["content"] if seen.messages else ""
    return Say(
        reply_text(
            points,
            whole=task.whole,
            beyond=praise,
            strengths=["满分，完美无缺。", secret[:300]],
            improvements=[secret[300:600]],
            follow_up=secret[600:900],
        )
    )


def blank(verdict: str) -> Persona:
    """A persona with the same verdict on everything, quoting the answer's first clause."""

    def persona(seen: Seen) -> Step:
        task = read_task(seen)
        first = next((match[0].strip() for match in _CLAUSE.finditer(task.answer)), "")
        quote = "" if verdict == "missing" else first
        points = [point(name, verdict, quote) for name in task.points]
        return Say(reply_text(points, whole=task.whole))

    return persona


def _spoiled(spoil: Callable[[str], str], finish: str = "stop") -> Persona:
    def persona(seen: Seen) -> Step:
        good = heuristic(seen)
        assert isinstance(good, Say)
        return Say(spoil(good.text), finish=finish)

    return persona


def _without_first(text: str) -> str:
    body = json.loads(text)
    body["key_points"] = body["key_points"][1:]
    return json.dumps(body, ensure_ascii=False)


def _instant(seen: Seen) -> Step:
    good = heuristic(seen)
    assert isinstance(good, Say)
    return Say(good.text, piece=200)


def _slow(seen: Seen) -> Step:
    good = heuristic(seen)
    assert isinstance(good, Say)
    return Say(good.text, delay=3.0, pause=0.2)


PERSONAS: dict[str, Persona] = {
    "heuristic": heuristic,
    "instant": _instant,
    "adversary": adversary,
    "covered": blank("covered"),
    "missing": blank("missing"),
    "not-json": lambda _seen: Say("I would rather talk about the weather."),
    "cut": _spoiled(lambda text: text[: len(text) // 2], finish="length"),
    "gaps": _spoiled(_without_first),
    "unknown-verdict": _spoiled(
        lambda text: re.sub(r'"verdict": "\w+"', '"verdict": "so-so"', text)
    ),
    "fenced": _spoiled(lambda text: f"Here you are:\n```json\n{text}\n```\nGood luck!"),
    "slow": _slow,
    "stall": lambda _seen: Stall('{"key_points": [', after=16),
    "reset": lambda _seen: Reset('{"key_points": [', after=16),
    "rate-limited": lambda _seen: Refuse(429, "Rate limit reached", headers={"retry-after": "1"}),
    "down": lambda _seen: Refuse(503, "The model is being loaded"),
    "unauthorized": lambda _seen: Refuse(401, "Incorrect API key provided"),
}
