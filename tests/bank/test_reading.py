"""Reading bank files of every form, encoding and degree of damage."""

import json
from pathlib import Path

import pytest

from app.bank.reading import READERS, read_bank
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankError

TABLE = """\
问题,参考答案,难度,标签,要点,序号
什么是 RAID？,一种阵列。,中等,存储,条带：提高速度；镜像：更可靠,4
"""
RAID = Question(
    id="b-04",
    text="什么是 RAID？",
    difficulty=2,
    reference="一种阵列。",
    key_points=(KeyPoint("kp1", "条带", "提高速度"), KeyPoint("kp2", "镜像", "更可靠")),
    tags=("存储",),
)


def put(folder: Path, name: str, data: bytes | str) -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def read(folder: Path, name: str, data: bytes | str) -> Bank:
    return read_bank(put(folder, name, data))


def records(*questions: dict[str, object]) -> str:
    return json.dumps(questions, ensure_ascii=False)


JSON_RAID = {
    "number": 4,
    "question": "什么是 RAID？",
    "answer": "一种阵列。",
    "tags": ["存储"],
    "key_points": [{"title": "条带", "detail": "提高速度"}, "镜像：更可靠"],
}
YAML_RAID = """\
- number: 4
  question: 什么是 RAID？
  参考答案: 一种阵列。
  tags: 存储
  key_points:
    - 条带：提高速度
    - title: 镜像
      detail: 更可靠
"""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("b.csv", TABLE, id="csv"),
        pytest.param("b.csv", TABLE.replace("\n", "\r\n").encode("utf-8-sig"), id="csv of Excel"),
        pytest.param("b.csv", TABLE.encode("gb18030"), id="csv in GB 18030"),
        pytest.param("b.csv", TABLE.replace(",", ";"), id="csv with semicolons"),
        pytest.param("b.tsv", TABLE.replace(",", "\t").encode("utf-16"), id="tsv in UTF-16"),
        pytest.param("b.json", records(JSON_RAID), id="json"),
        pytest.param("b.JSON", json.dumps({"questions": [JSON_RAID]}), id="json with a head"),
        pytest.param("b.jsonl", json.dumps(JSON_RAID) + "\n\n", id="jsonl"),
        pytest.param(
            "b.jsonl", '{"bank": "b", "language": "zh"}\n' + json.dumps(JSON_RAID), id="jsonl head"
        ),
        pytest.param("b.yaml", YAML_RAID, id="yaml"),
        pytest.param("b.yml", "bank: b\nquestions:\n" + YAML_RAID, id="yaml with a head"),
        pytest.param(
            "b.md",
            "### 4. 什么是 RAID？\n<!-- tags: 存储 -->\n**答案：** 一种阵列。\n"
            "- **条带：** 提高速度\n- **镜像：** 更可靠\n".encode("gbk"),
            id="markdown in GBK",
        ),
    ],
)
def test_the_same_bank_in_every_form(tmp_path: Path, name: str, data: bytes | str) -> None:
    bank = read(tmp_path, name, data)
    assert bank == Bank("b", language="zh", questions=(RAID,))
    assert bank.source == str(tmp_path / name)


def test_rows_and_records_know_their_lines(tmp_path: Path) -> None:
    table = read(tmp_path, "t.csv", '\nquestion,answer\n"a\nb?",x\n\nc?,y\n')
    assert [question.line for question in table.questions] == [3, 6]
    document = read(tmp_path, "t.json", '[\n{"question": "a"},\n\n{"question":\n"b"}]')
    assert [question.line for question in document.questions] == [2, 4]
    text = read(tmp_path, "t.yaml", "questions:\n\n- question: a\n- question: b\n")
    assert [question.line for question in text.questions] == [3, 4]


def test_a_record_without_key_points_gets_them_from_its_answer(tmp_path: Path) -> None:
    answer = "分两步：\n- **清洗：** 去掉噪声\n- **切分：** 按句"
    (question,) = read(tmp_path, "t.json", records({"question": "a", "answer": answer})).questions
    assert question.reference == "分两步："
    assert [(p.title, p.detail) for p in question.key_points] == [
        ("清洗", "去掉噪声"),
        ("切分", "按句"),
    ]


def test_key_points_in_a_cell_may_be_lines_or_json(tmp_path: Path) -> None:
    lines = read(tmp_path, "a.csv", 'question,key_points\nx,"- **a:** one; still\n2. b"\n')
    assert [(p.title, p.detail) for p in lines.questions[0].key_points] == [
        ("a", "one; still"),
        ("b", ""),
    ]
    cell = '[{""title"": ""t"", ""weight"": 2.5}]'
    listed = read(tmp_path, "b.csv", f'question,key_points\nx,"{cell}"\n')
    assert listed.questions[0].key_points == (KeyPoint("kp1", "t", "", 2.5),)


def test_bare_numbers_for_ids_get_the_banks_id_in_front(tmp_path: Path) -> None:
    text = records({"id": 7, "question": "a"}, {"id": "x-1", "question": "b"})
    assert [q.id for q in read(tmp_path, "nb.json", text).questions] == ["nb-07", "x-1"]


def test_yaml_keeps_words_as_words(tmp_path: Path) -> None:
    (question,) = read(tmp_path, "t.yaml", "- question: no\n  topic: 1.0\n  answer: on\n").questions
    assert (question.text, question.topic, question.reference) == ("no", "1.0", "on")


@pytest.mark.parametrize(
    ("name", "data", "line", "part"),
    [
        pytest.param("x.doc", "a", None, "'.doc'", id="unknown ending"),
        pytest.param("x", "a", None, "''", id="no ending"),
        pytest.param("x.md", b"\x7fELF\x00\x01", 1, "NUL", id="binary"),
        pytest.param("x.md", b"### 1. x\n\x89PNG\xff", 2, "UTF-8", id="neither utf-8 nor gb"),
        pytest.param("x.md", "ré\né ç à la".encode("latin-1"), 1, "UTF-8", id="latin-1"),
        pytest.param("x.md", b"\xff\xfea", 1, "UTF-16", id="half a utf-16 unit"),
        pytest.param("x.csv", "", 1, "empty", id="empty table"),
        pytest.param("x.csv", "question,answer\n", None, "no question", id="only headers"),
        pytest.param("x.csv", "frage,antwort\na,b\n", 1, "'question'", id="no question column"),
        pytest.param("x.csv", "question,fooo\na,b\n", 1, "'fooo'", id="unknown column"),
        pytest.param("x.csv", "question,题目\na,b\n", 1, "'question'", id="column twice"),
        pytest.param("x.csv", "question,answer\na,b,c\n", 2, "Cell 3", id="too many cells"),
        pytest.param("x.csv", 'question,answer\na,"b\n', 2, "unexpected end", id="open quote"),
        pytest.param("x.csv", "question,answer\n,b\n", 2, "'question'", id="no question in a row"),
        pytest.param("x.csv", "question\n" + "a" * 200_000, 2, "field larger", id="huge cell"),
        pytest.param("x.csv", "question,key_points\na,[1\n", 2, "JSON list", id="broken cell"),
        pytest.param("x.csv", "question,weight\na,1\n", 1, "'weight'", id="weight of a question"),
        pytest.param("x.json", "", 1, "empty", id="empty json"),
        pytest.param("x.json", "7", 1, "no list", id="json number"),
        pytest.param("x.json", "[1]", 1, "set of fields", id="json list of numbers"),
        pytest.param("x.json", '[\n{"question": "a",}]', 2, "column", id="trailing comma"),
        pytest.param("x.json", '[{"question": "a"}', 1, "','", id="cut json"),
        pytest.param("x.json", '[{"question": "a"}] 1', 1, "Extra", id="more than one document"),
        pytest.param("x.json", '[{"question": "a", "question": "b"}]', 1, "twice", id="key twice"),
        pytest.param("x.json", '[{"question": 7}]', 1, "string", id="number for text"),
        pytest.param("x.json", '[{"question": "a", "weihgt": 1}]', 1, "'weihgt'", id="typo"),
        pytest.param("x.json", '[{"question": "a", "difficulty": 9}]', 1, "9", id="out of range"),
        pytest.param("x.json", '[{"question": "a", "tags": [[1]]}]', 1, "tags", id="nested tags"),
        pytest.param(
            "x.json",
            '[{"question": "a", "key_points": [{"title": "t", "weight": 1e999}]}]',
            1,
            "inf",
            id="infinite weight",
        ),
        pytest.param(
            "x.json",
            '[{"question": "a", "key_points": 3}]',
            1,
            "key_points",
            id="no list of points",
        ),
        pytest.param("x.json", '[{"question": "a", "id": "ä"}]', 1, "'ä'", id="unsafe id"),
        pytest.param("x.json", "[" * 100_000, 1, "deeply", id="deep json"),
        pytest.param("x.json", "[" + "9" * 5000 + "]", 1, "digits", id="endless number"),
        pytest.param(
            "x.json", '{"bank": "b", "questions": 3}', 1, "no list", id="questions a number"
        ),
        pytest.param(
            "x.json", '{"bank": "b", "x": 1, "questions": []}', 1, "'x'", id="unknown head"
        ),
        pytest.param("x.jsonl", '{"question": "a"}\n{"question"', 2, "column", id="cut jsonl"),
        pytest.param("x.jsonl", '{"question": "a"}\n[]', 2, "set of fields", id="list in jsonl"),
        pytest.param("x.yaml", "hello", 1, "no list", id="yaml text"),
        pytest.param("x.yaml", "- question: a\n  b: [", 3, "YAML", id="broken yaml"),
        pytest.param("x.yaml", "- question: &a x\n- question: *a", 1, "aliases", id="anchors"),
        pytest.param("x.yaml", "- " * 100_000 + "x", 1, "deeper", id="deep yaml"),
        pytest.param("x.yaml", "- question: a\n  question: b", 2, "twice", id="yaml key twice"),
        pytest.param(
            "x.yaml", "- question: a\n---\n- question: b", 2, "second", id="two documents"
        ),
        pytest.param("x.yaml", "- question: a\n  ? [b]\n  : c", 2, "not text", id="list for a key"),
    ],
)
def test_a_broken_file_is_an_error_with_file_line_and_remedy(
    tmp_path: Path, name: str, data: bytes | str, line: int | None, part: str
) -> None:
    with pytest.raises(BankError) as caught:
        read(tmp_path, name, data)
    assert part in caught.value.message
    assert caught.value.line == line
    assert caught.value.file == str(tmp_path / name)
    assert caught.value.remedy


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    for path, part in ((tmp_path, "folder"), (tmp_path / "a.md", "no such"), (Path("\0"), "file")):
        with pytest.raises(BankError, match=part) as caught:
            read_bank(path)
        assert caught.value.remedy


@pytest.mark.parametrize("ending", READERS)
def test_every_reader_survives_an_empty_file(tmp_path: Path, ending: str) -> None:
    with pytest.raises(BankError):
        read(tmp_path, f"x{ending}", "")
