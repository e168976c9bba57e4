"""Nobody sees or changes what is another's, whatever they ask for."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app.domain.assessment import Usage
from app.domain.events import Judge, Reason, SessionMode, SessionStatus, Speaker
from app.errors import SessionNotFound
from app.store.base import Repository
from app.store.repository import SqlRepository, SqlStore
from app.store.rows import AnswerKey, Claim, MemoryCard
from tests.store.made import NOON, assessment, grade, open_one, question, remember

SESSION_ACTS: dict[str, Callable[[Any, str], Awaitable[object]]] = {
    "open_session": lambda r, s: r.open_session(
        s, mode=SessionMode.PRACTICE, language="zh", plan=()
    ),
    "load": lambda r, s: r.load(s),
    "resolve": lambda r, s: r.resolve(s),
    "last_seq": lambda r, s: r.last_seq(s),
    "events_after": lambda r, s: r.events_after(s, 0),
    "replan": lambda r, s: r.replan(s, (), replaces=1),
    "ask": lambda r, s: r.ask(s, question(2), position=2),
    "answer": lambda r, s: r.answer(s, "一", position=1, key="a"),
    "follow_up": lambda r, s: r.follow_up(s, "？", position=1, step=1, key_point_id="kp1"),
    "hint": lambda r, s: r.hint(s, "…", position=1, step=1),
    "open_attempt": lambda r, s: r.open_attempt(s, position=1, attempt=2),
    "skip": lambda r, s: r.skip(s, position=1),
    "show_reference": lambda r, s: r.show_reference(s, position=1),
    "remark": lambda r, s: r.remark(s, "…", speaker=Speaker.CANDIDATE, key="r"),
    "appeal": lambda r, s: r.appeal(s, "…", answer=3, key_point_id="kp1", key="p"),
    "change_status": lambda r, s: r.change_status(s, SessionStatus.ENDED),
    "claim": lambda r, s: r.claim(s, 3, holder="x", seconds=9, again=True),
    "renew": lambda r, s: r.renew(Claim(s, 3, "x", "t", NOON), 9),
    "release": lambda r, s: r.release(Claim(s, 3, "x", "t", NOON)),
    "assess": lambda r, s: r.assess(
        Claim(s, 3, "x", "t", NOON), assessment(), judged_by=Judge.MODEL
    ),
    "reassess": lambda r, s: r.reassess(
        s,
        assessment(),
        answer=3,
        judged_by=Judge.CANDIDATE,
        reason=Reason.SELF_CHECK,
        key="k",
    ),
    "save_cards": lambda r, s: r.save_cards(
        [AnswerKey(s, 3)], [MemoryCard("q", "kp", NOON, "{}")], known=()
    ),
    "add_usage": lambda r, s: r.add_usage(Usage(1), purpose="x", session_id=s),
    "summary": lambda r, s: r.summary(s, "d"),
    "begin_summary": lambda r, s: r.begin_summary(s, "d", model="m", seconds=9),
    "finish_summary": lambda r, s: r.finish_summary(s, "d", ("…",)),
    "forget_session": lambda r, s: r.forget_session(s),
}
LISTS = {"sessions", "results", "asked", "unreviewed", "cards", "waiting"}
TESTED_ELSEWHERE = {"usage_since", "reset_cards", "export_to", "import_from", "forget_all"}


def test_no_method_is_left_out() -> None:
    methods = {name for name, _ in inspect.getmembers(Repository, inspect.isfunction)}
    public = {name for name in methods if not name.startswith("_")}
    assert public == SESSION_ACTS.keys() | LISTS | TESTED_ELSEWHERE


async def lived(of: SqlRepository) -> str:
    session = await open_one(of)
    answer = await of.answer(session.id, "一", position=1, key="own")
    await grade(of, session.id, answer.seq)
    await of.answer((await open_one(of)).id, "二", position=1, key="own")
    await remember(of, session.id, answer.seq, [MemoryCard("ai", "kp1", NOON, "{}")])
    await of.add_usage(Usage(5), purpose="x")
    return session.id


@pytest.mark.parametrize("name", SESSION_ACTS)
async def test_anothers_session_is_as_if_it_were_not_there(store: SqlStore, name: str) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    session_id = await lived(ann)
    before = await ann.load(session_id), await ann.results(), await ann.cards()
    with pytest.raises(SessionNotFound) as refused:
        await SESSION_ACTS[name](bob, session_id)
    assert (await ann.load(session_id), await ann.results(), await ann.cards()) == before
    if name != "open_session":
        with pytest.raises(SessionNotFound) as absent:
            await SESSION_ACTS[name](bob, "0" * 12)
        assert str(refused.value) == str(absent.value).replace("0" * 12, session_id)


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_anothers_history_is_empty(store: SqlStore, name: str) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    await lived(ann)
    assert await getattr(bob, name)() == ()
    if name != "unreviewed":
        assert await getattr(ann, name)() != ()


async def test_anothers_cost_cards_and_export_are_untouched(store: SqlStore, tmp_path) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    await lived(ann)
    assert await bob.usage_since(NOON) == Usage()
    await bob.reset_cards()
    assert await bob.export_to(tmp_path / "bob.jsonl") == 0
    assert "session" not in (tmp_path / "bob.jsonl").read_text()
    assert await bob.forget_all() == 0
    assert len(await ann.sessions()) == 2
    assert len(await ann.cards()) == 1
