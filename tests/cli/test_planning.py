"""What `mockint ask` asks, and why: documents, time, what was asked before, what is due."""

import asyncio
import json
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.cli.interview.beginning import begin_looking_back
from app.cli.interview.choosing import Agenda, Documents, how_many, plan_at_once, with_documents
from app.domain.events import Wishes
from app.errors import DocumentError
from app.interview.requirements import MOST_REQUIREMENTS
from app.store.opening import open_store
from app.store.repository import SqlRepository
from app.wiring.evaluation import shipped_banks
from tests.cli.conftest import ROOT, Start, Terminal
from tests.cli.test_resume import answer, stored
from tests.store.made import open_one, question

JOB = """# 智算中心架构师
任职要求：
1、熟悉容灾备份与故障恢复；
2、优化机房能耗，降低PUE；
3、会弹钢琴，能陪客户打高尔夫球；
4、本科及以上学历。
"""
SEND_HINT = "空行或 Ctrl-D：发送"
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    file = tmp_path / "job.md"
    file.write_text(JOB, "utf-8")
    return file


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    def run_it(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "app.cli.main", "ask", *arguments]
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            env=environment,
            cwd=ROOT,
            start_new_session=True,  # no terminal, wherever the tests run
        )

    return run_it


@pytest.fixture
async def mine(tmp_path: Path) -> AsyncIterator[SqlRepository]:
    store = await open_store(tmp_path / "mockint.db")
    yield store.of("local")
    await store.close()


def test_a_plan_can_be_shown_with_what_each_question_serves(run: Run, job: Path) -> None:
    shown = run("--plan", "--jd", str(job), "--questions", "2", "--json")
    plan = json.loads(shown.stdout)
    served = {one["requirement"] for one in plan["questions"]}
    assert served == {"优化机房能耗，降低PUE", "熟悉容灾备份与故障恢复"}
    assert all(one["requirement"] in one["reason"] for one in plan["questions"])
    assert plan["unmet"] == ["会弹钢琴，能陪客户打高尔夫球"]
    assert plan["left_over"] == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(("--jd", "熟悉容灾备份与故障恢复"), id="a text"),
        pytest.param(("--jd", "-"), id="standard input"),
        pytest.param(("--resume-file", "FILE"), id="a résumé"),
        pytest.param(("--jd", "优化机房能耗，降低PUE", "--resume-file", "FILE"), id="both"),
    ],
)
def test_a_document_comes_as_file_text_or_standard_input(
    run: Run, job: Path, given: tuple[str, ...]
) -> None:
    arguments = [str(job) if one == "FILE" else one for one in given]
    shown = run("--plan", *arguments, "--json", stdin=JOB.encode())
    served = {one["requirement"] for one in json.loads(shown.stdout)["questions"]}
    assert "熟悉容灾备份与故障恢复" in served


def test_an_answer_can_be_graded_on_the_question_that_a_job_asks_first(run: Run, job: Path) -> None:
    done = run("--jd", str(job), "--questions", "1", "--answer", "定期备份", "--json")
    assert json.loads(done.stdout)["status"] == "graded"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(("--plan", "--jd", "no/such.pdf"), 1, "no/such.pdf", id="no such file"),
        pytest.param(
            ("--plan", "--question", "ai-datacenter-07", "--jd", "x"), 2, "--question", id="both"
        ),
        pytest.param(("--jd", "-", "--answer", "-"), 2, "--answer", id="one input for two"),
        pytest.param(("--plan", "--mode", "review"), 1, "没有到期的复习", id="nothing due"),
        pytest.param(("--jd", "-"), 1, "没有可以作答的终端", id="nowhere to answer"),
    ],
)
def test_what_cannot_be_planned_says_why(
    run: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = run(*arguments, stdin=JOB.encode())
    assert (done.returncode, done.stdout) == (code, b"")
    assert message in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_an_interview_for_a_job_says_what_it_serves_and_keeps_it(
    start: Start, environment: dict[str, str], job: Path, check_screen: Callable[[str, str], None]
) -> None:
    arguments = ("--jd", str(job), "--questions", "2", "--seed", "1")
    terminal = start("app.cli.main", "ask", *arguments)
    terminal.wait_for(SEND_HINT)
    check_screen("plan-zh-1-overview", terminal.text)
    terminal.type(":计划")
    terminal.press("enter")
    terminal.wait_for("已问")
    terminal.wait_for(SEND_HINT)
    check_screen("plan-zh-2-shown", terminal.text)
    answer(terminal, "先做容灾备份")
    terminal.wait_for("n：下一题")
    (plan,) = [
        json.loads(data) for data in stored(environment, "events.data") if data and "unmet" in data
    ]
    assert plan["unmet"] == ["会弹钢琴，能陪客户打高尔夫球"]
    assert all(one["reason"] for one in plan["plan"])
    (wishes,) = map(json.loads, stored(environment, "sessions.wishes"))  # type: ignore[arg-type]
    assert len(wishes["requirements"]) == 3


def test_a_job_from_a_pipe_leaves_the_terminal_for_the_answers(
    environment: dict[str, str], job: Path
) -> None:
    command = f"{shlex.quote(sys.executable)} -m app.cli.main ask --jd - < {shlex.quote(str(job))}"
    terminal = Terminal(("bash", "-c", command), environment, 80, 50)
    try:
        answer(terminal, "先做容灾备份")
        terminal.wait_for("/ 10")
    finally:
        terminal.kill()


def test_questions_asked_in_the_last_interview_are_not_asked_in_the_next(
    run: Run, environment: dict[str, str]
) -> None:
    (chinese,) = [one for one in shipped_banks() if one.language.startswith("zh")]
    fresh = [one for one in chinese.questions if not one.variants][:10]
    lately = [one for one in chinese.questions if one not in fresh]

    async def ask_all_but_ten() -> None:
        store = await open_store(Path(environment["MOCKINT_HOME"], "mockint.db"))
        session = await open_one(store.of("local"), asked=0)
        for position, asked in enumerate(lately, start=1):
            await store.of("local").ask(session.id, asked, position=position)
        await store.close()

    asyncio.run(ask_all_but_ten())
    shown = run("--plan", "--questions", "10", "--language", "zh", "--json")
    planned = {one["question_id"] for one in json.loads(shown.stdout)["questions"]}
    assert planned == {one.id for one in fresh}


async def test_a_store_that_answers_late_still_decides_what_comes_second(
    mine: SqlRepository,
) -> None:
    bank = [question(number) for number in range(1, 9)]
    await open_one(mine, asked=4)
    agenda = Agenda(Wishes(count=4, seed="a"), "zh")
    shown = plan_at_once(bank, agenda, (), bank[0].id)
    host = await begin_looking_back(shown, agenda, bank)(mine)
    planned = [one.question_id for one in host.session.plan]
    assert planned[0] == host.turn.question.id == bank[0].id
    assert set(planned[1:]) <= {one.id for one in bank[4:]}
    assert host.session.plan[0] == shown.planned[0]


@pytest.mark.parametrize(
    ("wanted", "minutes", "documents", "count"),
    [
        pytest.param(None, None, False, 5, id="nothing wished"),
        pytest.param(None, None, True, 8, id="a document"),
        pytest.param(3, 60, True, 3, id="a number goes before all"),
        pytest.param(None, 30, False, 10, id="as many as can fit"),
        pytest.param(None, 1, False, 1, id="never none"),
        pytest.param(None, 600, False, 100, id="never more than are allowed"),
    ],
)
def test_the_number_of_questions(
    wanted: int | None, minutes: int | None, documents: bool, count: int
) -> None:
    assert how_many(wanted, minutes, documents=documents) == count


def test_two_documents_are_cut_to_what_a_plan_looks_at(tmp_path: Path) -> None:
    file = tmp_path / "cv.md"
    file.write_text("\n".join(f"- 负责第 {n} 个系统的建设" for n in range(60)), "utf-8")
    text = "\n".join(f"- 熟悉第 {n} 种网络" for n in range(10))
    agenda = with_documents(Agenda(Wishes(), "zh"), Documents(text, file))
    assert len(agenda.wishes.requirements) == MOST_REQUIREMENTS
    assert agenda.wishes.requirements[0] == "熟悉第 0 种网络"
    assert agenda.cut == 30


def test_a_document_that_is_not_there_is_named() -> None:
    with pytest.raises(DocumentError, match="missing"):
        with_documents(Agenda(Wishes(), "zh"), Documents(resume=Path("missing.pdf")))
