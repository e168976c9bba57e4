"""`mockint bank`: what people and scripts see, and what it costs when something is wrong."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len
from rich.console import Console

from app.bank.reading import read_bank
from app.cli.main import run
from app.cli.screen.bank import show_banks
from app.domain.question import Bank
from app.language.messages import translator
from tests.cli.material import CHINESE

NOTES = """\
## 存储

### 1. 怎样备份数据？

备份的方法包括：
- **定期备份：** 每天做一次增量备份。
- **异地备份：** 在另一个城市留一份。

### 2. 什么是快照？

某一时刻数据的只读副本。
"""
CLASH = "---\nbank: mine\n---\n### 1. x\n<!-- id: ai-datacenter-07 -->\none two\n"


class Result(NamedTuple):
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def mockint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs one command line in this process."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    def call(*arguments: object) -> Result:
        code = run([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes.md"
    file.write_text(NOTES, encoding="utf-8")
    return file


def test_import_says_what_came_in_and_makes_it_askable(
    mockint: Any, notes: Path, home: Path
) -> None:
    result = mockint("bank", "import", notes)
    assert result.code == 0
    lines = result.out.splitlines()
    target = home / "banks" / "notes.md"
    assert lines[0] == f"Imported notes: 2 questions, 3 key points, into {target}."
    assert lines[1] == "  存储: 2"
    assert read_bank(target).questions == read_bank(notes).questions
    shown = mockint("bank", "show", "notes-02", "--json").data
    assert shown["key_points"][0]["title"] == "某一时刻数据的只读副本"


def test_import_to_a_file_of_ones_own(mockint: Any, notes: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "bank.md"
    result = mockint("bank", "import", notes, "--out", target, "--json")
    assert result.data["file"] == str(target)
    assert result.data["questions"] == 2
    assert result.data["topics"] == {"存储": 2}
    assert result.data["changed"]
    assert read_bank(target).id == "notes"


def test_import_again_changes_nothing_and_says_so(mockint: Any, notes: Path) -> None:
    mockint("bank", "import", notes)
    result = mockint("bank", "import", notes, "--no-lint")
    assert result.code == 0
    assert "notes is there already" in result.out


def test_import_does_not_replace_a_different_bank_unasked(
    mockint: Any, notes: Path, home: Path
) -> None:
    mockint("bank", "import", notes)
    before = (home / "banks" / "notes.md").read_bytes()
    notes.write_text("### 1. 别的？\n\n别的答案在这里。\n", encoding="utf-8")
    refused = mockint("bank", "import", notes)
    assert refused.code == 1
    assert refused.out == ""
    assert "--force" in refused.err
    assert (home / "banks" / "notes.md").read_bytes() == before
    assert mockint("bank", "import", notes, "--force").code == 0
    assert len(read_bank(home / "banks" / "notes.md").questions) == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("nothing here\n", "notes.md: There is no question", id="no question"),
        pytest.param("### 1. x\n<!--\nid: a b\n-->\ny\n", "notes.md:1: ", id="bad id"),
        pytest.param(CLASH, "notes.md:4: The bank 'ai-datacenter'", id="id of another bank"),
    ],
)
def test_a_broken_file_is_an_error_and_changes_nothing(
    mockint: Any, notes: Path, home: Path, text: str, part: str
) -> None:
    notes.write_text(text, encoding="utf-8")
    result = mockint("bank", "import", notes)
    assert result.code == 1
    assert result.out == ""
    assert part in result.err
    assert "Traceback" not in result.err
    assert not (home / "banks").exists()


def test_a_broken_bank_among_imported_ones_costs_a_notice(
    mockint: Any, notes: Path, home: Path
) -> None:
    mockint("bank", "import", notes)
    (home / "banks" / "broken.md").write_bytes(b"\0")
    result = mockint("bank", "list", "--json")
    assert result.code == 0
    assert [bank["id"] for bank in result.data] == ["ai-datacenter-en", "ai-datacenter", "notes"]
    assert "broken.md:1: " in result.err


def test_list_shows_each_bank_with_its_counts(mockint: Any) -> None:
    lines = mockint("bank", "list").out.splitlines()
    row = next(line for line in lines if line.startswith("ai-datacenter "))
    assert "AI 大模型数据中心建设面试题库" in row
    assert " 50 " in row
    assert " 158 " in row


def test_a_narrow_terminal_gets_no_table_but_the_same_facts() -> None:
    console = Console(file=io.StringIO(), width=40, markup=False, emoji=False, highlight=False)
    bank = Bank("mine", title="大模型数据中心建设面试题库，含存储、网络与调度", questions=CHINESE)
    show_banks(console, [bank], translator("bank", "zh"))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "mine"
    points = sum(len(question.key_points) for question in CHINESE)
    assert {"  题数 2", f"  要点数 {points}"} <= set(lines)
    assert max(map(cell_len, lines)) <= 40


def test_show_prints_a_question_with_its_key_points(mockint: Any) -> None:
    out = mockint("bank", "show", "ai-datacenter-07").out
    for part in ("difficulty 2", "variants backup", "1. 定期备份  weight 1.5", "Follow-up: "):
        assert part in out


def test_what_show_prints_as_json_can_be_imported(
    mockint: Any, tmp_path: Path, notes: Path
) -> None:
    mockint("bank", "import", notes)
    file = tmp_path / "copy.json"
    file.write_text(mockint("bank", "show", "notes", "--json").out, encoding="utf-8")
    assert read_bank(file).questions == read_bank(notes).questions


def test_search_finds_by_meaning_in_either_language(mockint: Any) -> None:
    for text in ("数据备份放在另一个城市", "keep a copy of the backups in another city"):
        hits = mockint("bank", "search", text, "--json", "--limit", 6).data
        assert {"ai-datacenter-07", "ai-datacenter-07-en"} & {hit["id"] for hit in hits}
        similarities = [hit["similarity"] for hit in hits]
        assert similarities == sorted(similarities, reverse=True)


def test_lint_names_groups_and_exits_with_zero_for_warnings(mockint: Any) -> None:
    result = mockint("bank", "lint", "ai-datacenter", "--json")
    assert result.code == 0
    groups = [f["questions"] for f in result.data if f["rule"] == "variants"]
    assert ["ai-datacenter-14", "ai-datacenter-28"] in groups
    assert mockint("bank", "lint", "ai-datacenter-en", "--strict").code == 1


def test_lint_reports_all_mistakes_of_a_file_with_their_lines(mockint: Any, notes: Path) -> None:
    notes.write_text("### 1. 甲？\n<!-- difficulty: 9 -->\n### 2. \n- **：** b\n", encoding="utf-8")
    result = mockint("bank", "lint", notes)
    assert result.code == 1
    assert f"{notes}:1: error bad-difficulty: " in result.out
    assert f"{notes}:1: error no-key-points: " in result.out
    assert f"{notes}:3: error no-question: " in result.out
    assert f"{notes}:4: error no-title: " in result.out
    assert result.out.endswith("errors: 4, warnings: 0, notes: 0\n")


def test_a_sound_file_has_nothing_to_report(mockint: Any, notes: Path) -> None:
    result = mockint("bank", "lint", notes, "--strict")
    assert (result.code, result.out) == (0, "Nothing to report.\n")


def test_reports_are_in_chinese_for_those_who_speak_it(
    mockint: Any, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert mockint("bank", "lint", notes).out == "没有发现问题。\n"
    assert mockint("bank", "list").out.startswith("题库 ")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        pytest.param(["show", "ai-datacenter-77"], 1, "No bank has a question", id="no question"),
        pytest.param(["lint", "nope"], 1, "There is no bank 'nope'", id="no bank"),
        pytest.param(["import", "gone.md"], 1, "no such file", id="no file"),
        pytest.param(["search", "  "], 2, "empty", id="nothing to search"),
        pytest.param(["search", "x", "--limit", "0"], 2, "--limit", id="limit of zero"),
        pytest.param(["show"], 2, "ID", id="nothing to show"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(
    mockint: Any, arguments: list[str], code: int, part: str
) -> None:
    result = mockint("bank", *arguments)
    assert result.code == code
    assert result.out == ""
    assert part in result.err


def test_reindex_makes_the_index_anew(mockint: Any) -> None:
    assert mockint("bank", "reindex").out == "Indexed 100 questions.\n"
    assert mockint("bank", "search", "备份", "--json").data


def test_control_characters_of_a_bank_never_reach_the_terminal(mockint: Any, notes: Path) -> None:
    record = {"question": "a\x1b[2Jb\u202ec?", "answer": "x\x07 y z"}
    notes = notes.with_suffix(".json")
    notes.write_text(json.dumps([record]), encoding="utf-8")
    mockint("bank", "import", notes)
    out = mockint("bank", "show", "notes-01").out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_listing_banks_loads_no_heavy_library(home: Path) -> None:
    code = (
        "import sys; from app.cli.main import run; run(['bank', 'list', '--json']); "
        "print([m for m in ('numpy', 'chromadb', 'tokenizers', 'yaml') if m in sys.modules], "
        "file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stderr.strip() == "[]"
