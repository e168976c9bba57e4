"""The command line as scripts use it: real processes, pipes, exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.main import SUB_COMMANDS
from app.cli.reference import reference
from tests.cli.conftest import ROOT

Run = Callable[..., subprocess.CompletedProcess[bytes]]
ANSWER = "定期做全量和增量备份，备份放到另一个城市的机房。"


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Runs mockint with these arguments; `stdin` is piped in, nothing is a terminal."""

    def run_it(
        *arguments: str, stdin: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            input=stdin,
            capture_output=True,
            env=environment | env,
            cwd=ROOT,
            timeout=120,
        )

    return run_it


def complaint(result: subprocess.CompletedProcess[bytes]) -> str:
    """What was said on stderr by a run that printed nothing else and shows no traceback."""
    text = result.stderr.decode()
    assert result.stdout == b""
    assert "Traceback" not in text
    return text


def test_one_assessment_is_printed_as_json_and_nothing_else(run: Run) -> None:
    result = run("ask", "--question", "ai-datacenter-07", "--answer", ANSWER, "--json")
    assert (result.returncode, result.stderr) == (0, b"")
    data = json.loads(result.stdout)
    assert data["question_id"] == "ai-datacenter-07"
    assert data["status"] == "graded"
    assert data["grader"]["mode"] == "similarity"
    assert [point["title"] for point in data["key_points"]][:2] == ["定期备份", "异地备份"]
    evidence = data["key_points"][0]["evidence"]
    assert ANSWER[evidence["start"] : evidence["end"]] == evidence["quote"]
    assert set(data) == {
        *("question_id", "status", "score", "band", "confidence", "grader", "key_points"),
        *("errors", "beyond", "strengths", "improvements", "follow_up", "notices"),
    }
    assert "定期备份" in result.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"LC_ALL": "C"}, id="C locale"),
        pytest.param({"PYTHONIOENCODING": "gbk"}, id="GBK terminal"),
        pytest.param({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}, id="ASCII"),
    ],
)
def test_json_is_utf8_whatever_the_locale(run: Run, env: dict[str, str]) -> None:
    arguments = ("ask", "--question", "ai-datacenter-07", "--json")
    result = run(*arguments, stdin=ANSWER.encode(), **env)
    assert result.returncode == 0
    assert json.loads(result.stdout.decode("utf-8"))["key_points"][0]["evidence"]


def test_an_answer_from_a_pipe_is_shown_as_plain_text(run: Run) -> None:
    result = run("ask", "--question", "ai-datacenter-07", stdin=f"{ANSWER}\n".encode())
    text = result.stdout.decode()
    assert result.returncode == 0
    assert text.startswith("数据中心建设 · 难度")
    assert "①[" in text[text.index("你的回答\n") :]
    assert "\x1b" not in text


def test_an_ascii_terminal_gets_a_readable_card(run: Run) -> None:
    env = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    arguments = ("ask", "--question", "ai-datacenter-07-en")
    result = run(*arguments, stdin=b"We run full and incremental backups on a schedule.", **env)
    assert result.returncode == 0
    assert "/ 10" in result.stdout.decode("ascii")


def test_a_dash_reads_the_answer_from_standard_input(run: Run) -> None:
    result = run("ask", "--seed", "1", "--answer", "-", "--json", stdin="不知道".encode())
    assert result.returncode == 0
    assert json.loads(result.stdout)["score"] == 0.0


def test_an_answer_in_another_encoding_is_refused_with_a_remedy(run: Run) -> None:
    result = run("ask", "--seed", "1", "--json", stdin="定期备份".encode("gb18030"))
    assert result.returncode == 1
    assert "iconv" in complaint(result)


def test_a_wrong_id_names_ids_like_it(run: Run) -> None:
    result = run("ask", "--question", "ai-datacenter-077", "--answer", "x", "--json")
    assert result.returncode == 1
    assert "ai-datacenter-07" in complaint(result)


def test_too_long_an_answer_is_refused_with_the_limit(run: Run) -> None:
    arguments = ("ask", "--question", "ai-datacenter-07", "--json")
    result = run(*arguments, stdin="备份".encode() * 200, MOCKINT_ANSWER_LIMIT="100")
    assert result.returncode == 1
    assert "100" in complaint(result)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("ask", "--topic", "cooking"), id="topic"),
        pytest.param(("ask", "--tag", "cooking"), id="tag"),
    ],
)
def test_a_choice_that_fits_nothing_names_what_there_is(
    run: Run, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments, "--language", "zh", stdin=b"x")
    assert result.returncode == 1
    text = complaint(result)
    assert "数据中心建设" in text
    assert "标签：" in text


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("ask", "--no-such-option"), id="unknown option"),
        pytest.param(("ask", "--difficulty", "4"), id="out of range"),
        pytest.param(("ask", "--language", "de"), id="unknown language"),
        pytest.param(("no-such-command",), id="unknown command"),
        pytest.param((), id="nothing"),
    ],
)
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert "Usage: mockint" in complaint(result)


def test_a_bad_setting_is_named(run: Run) -> None:
    result = run("ask", "--answer", "x", MOCKINT_EMBEDDER="nonsense")
    assert result.returncode == 1
    assert "MOCKINT_EMBEDDER" in complaint(result)


def test_json_at_the_keyboard_without_an_answer_is_wrong_usage(start) -> None:
    terminal = start("app.cli.main", "ask", "--json")
    assert terminal.end() == 2
    assert "--answer TEXT" in terminal.text


def test_a_reader_that_goes_away_is_no_error_to_report(environment: dict[str, str]) -> None:
    command = f"'{sys.executable}' -m app.cli.main ask --help | true"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment, cwd=ROOT, timeout=60
    )
    assert result.stderr == b""


def test_the_same_seed_asks_the_same_question(run: Run) -> None:
    asked = {
        json.loads(run("ask", "--seed", "7", "--json", stdin=b"").stdout)["question_id"]
        for _ in range(2)
    }
    assert len(asked) == 1


def test_an_empty_answer_is_graded_zero(run: Run) -> None:
    result = run("ask", "--question", "ai-datacenter-07", "--json", stdin=b"")
    data = json.loads(result.stdout)
    assert (data["status"], data["score"]) == ("graded", 0.0)


def test_help_needs_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from app.cli.main import run\n"
        "run(['--help'])\n"
        "heavy = {'numpy', 'rich', 'pydantic', 'openai', 'chromadb', 'prompt_toolkit', 'asyncio'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_first_question_needs_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "import app.cli.ask\n"
        "heavy = {'numpy', 'openai', 'chromadb', 'prompt_toolkit', 'sklearn', 'tokenizers'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_list_of_commands_says_what_each_says_of_itself(run: Run) -> None:
    for name, command in SUB_COMMANDS.items():
        text = run(name, "--help").stdout.decode()
        assert command.summary in text, name


def test_the_page_on_the_command_line_is_current() -> None:
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert page == reference(), "renew it: python -m app.cli.reference docs/cli.md"


def test_doctor_finds_everything_in_order(run: Run, tmp_path: Path) -> None:
    result = run("doctor", "--json")
    data = json.loads(result.stdout)
    assert (result.returncode, data["ok"]) == (0, True)
    assert {check["part"]: check["level"] for check in data["checks"]} == dict.fromkeys(
        (
            "terminal",
            "data folder",
            "question banks",
            "embedder",
            "index",
            "language model",
            "server",
        ),
        "ok",
    )


def test_doctor_names_each_failure_with_its_remedy(run: Run, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    result = run(
        "doctor",
        MOCKINT_HOME=str(occupied / "home"),
        MOCKINT_BANK=str(tmp_path / "missing.md"),
        MOCKINT_LLM_MODEL="any",
        OPENAI_BASE_URL="http://127.0.0.1:9/v1",
        LANG="en_GB.UTF-8",
    )
    text = " ".join(result.stdout.decode().split())
    assert result.returncode == 1
    assert result.stderr == b""
    assert "failed data folder: " in text
    assert "set MOCKINT_HOME to another folder" in text
    assert "failed question banks: " in text
    assert "missing.md" in text
    assert "failed language model: " in text
    assert "OPENAI_BASE_URL" in text


def test_doctor_says_whom_the_server_would_be_open_to(run: Run) -> None:
    def found(**env: str) -> tuple[str, str]:
        checks = json.loads(run("doctor", "--json", LANG="en_GB.UTF-8", **env).stdout)["checks"]
        check = next(check for check in checks if check["part"] == "server")
        return check["level"], check["message"]

    assert found() == ("ok", "127.0.0.1:8642, for this machine only")
    level, _ = found(MOCKINT_HOST="0.0.0.0")
    assert level == "warn"
    level, message = found(MOCKINT_HOST="0.0.0.0", MOCKINT_ACCESS_TOKEN="open-sesame-please")
    assert level == "ok"
    assert "sesame" not in message


def test_doctor_warns_of_a_bank_that_cannot_be_read(run: Run, environment: dict[str, str]) -> None:
    banks = Path(environment["MOCKINT_HOME"]) / "banks"
    banks.mkdir(parents=True)
    (banks / "broken.yaml").write_text("questions: [")
    checks = json.loads(run("doctor", "--json").stdout)["checks"]
    found = next(check for check in checks if check["part"] == "question banks")
    assert found["level"] == "warn"
    assert "broken.yaml" in found["message"]
