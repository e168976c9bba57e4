"""Reading banks in Markdown: the project's form, and the notes that people already have."""

import contextlib
from collections.abc import Callable

import pytest

from app.bank.findings import require_values
from app.bank.markdown import parse_markdown
from app.domain.question import Bank, KeyPoint, Question
from app.errors import BankError


def read(text: str, name: str = "notes") -> Bank:
    return parse_markdown(text, name=name, file=f"{name}.md")


def only(text: str) -> Question:
    (question,) = read(text).questions
    return question


def titles(question: Question) -> list[str]:
    return [point.title for point in question.key_points]


FULL = """\
---
bank: demo
title: 示例题库
language: zh
license: MIT
---

# 示例题库

## 存储

### 1. 怎样备份数据？

<!--
id: demo-backup
difficulty: 3
tags: [备份容灾, 存储]
variants: backup
-->

**答案：**

先定目标，再定周期。

第二段。

- **定期备份：** 每天备份一次。 <!-- weight: 1.5 -->
  - 追问：多久一次？
- **异地备份：** 换一个城市。 <!-- id: offsite, weight: 2 -->
  第二行。

## Networks

### 2. What is latency?

<!-- language: en -->

**Answer:** A delay:

- **Propagation:** Light needs time.
  - Follow-up: How far is it?
"""


def test_the_projects_own_form_is_read_whole() -> None:
    assert read(FULL) == Bank(
        id="demo",
        title="示例题库",
        language="zh",
        licence="MIT",
        questions=(
            Question(
                id="demo-backup",
                text="怎样备份数据？",
                topic="存储",
                difficulty=3,
                reference="先定目标，再定周期。\n\n第二段。",
                key_points=(
                    KeyPoint("kp1", "定期备份", "每天备份一次。", 1.5, "多久一次？"),
                    KeyPoint("offsite", "异地备份", "换一个城市。\n第二行。", 2.0),
                ),
                tags=("备份容灾", "存储"),
                variants="backup",
            ),
            Question(
                id="demo-02",
                text="What is latency?",
                topic="Networks",
                language="en",
                reference="A delay:",
                key_points=(
                    KeyPoint("kp1", "Propagation", "Light needs time.", 1.0, "How far is it?"),
                ),
            ),
        ),
    )


def test_questions_and_key_points_know_their_lines() -> None:
    first, second = read(FULL).questions
    assert (first.line, second.line) == (12, 34)
    assert [point.line for point in first.key_points] == [27, 29]


LEFT_OVER = """\
            \x20

### 自拟标题
"数据中心建设：从入门到熟练" <|user|>### 数据中心面试题

#### 1. 为什么需要大的机房？

**答案：** 主要有以下两个原因：
- **算力：** 训练要很多加速卡。
- **网络带宽：** 卡之间要交换梯度。
#### 2. 怎样备份？
**答案：**
备份的方法包括：
1. **全量备份：** 每周一次。
2. **增量备份：** 每天一次。<|endoftext|>

### 编程题

#### 3. 怎样训练？<|assistant|>

**答案：**
训练的步骤包括：
- **数据处理：** 清洗。
"""


def test_text_that_a_chat_model_left_behind_is_read_as_it_is() -> None:
    bank = read(LEFT_OVER)
    assert [(q.text, q.topic, q.reference) for q in bank.questions] == [
        ("为什么需要大的机房？", "数据中心面试题", "主要有以下两个原因："),
        ("怎样备份？", "数据中心面试题", "备份的方法包括："),
        ("怎样训练？", "编程题", "训练的步骤包括："),
    ]
    assert [titles(question) for question in bank.questions] == [
        ["算力", "网络带宽"],
        ["全量备份", "增量备份"],
        ["数据处理"],
    ]
    assert bank.questions[1].key_points[1].detail == "每天一次。"
    assert not any(question.has_own_reference for question in bank.questions)
    assert [question.id for question in bank.questions] == ["notes-01", "notes-02", "notes-03"]


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("### 7. 什么是缓存？", id="number and stop"),
        pytest.param("## 7、什么是缓存？", id="enumeration comma"),
        pytest.param("##7. 什么是缓存？", id="no space behind the marks"),
        pytest.param("### 第7题：什么是缓存？", id="di ti"),
        pytest.param("### 问题7：什么是缓存？", id="wenti"),
        pytest.param("### Q7: 什么是缓存？", id="Q and colon"),
        pytest.param("### （7）什么是缓存？", id="full-width brackets"),
        pytest.param("### ７．什么是缓存？", id="full-width digits"),
        pytest.param("### 7) 什么是缓存？ ###", id="closing marks"),
        pytest.param("问题7：什么是缓存？", id="question line"),
        pytest.param("**7. 什么是缓存？**", id="bold line"),
        pytest.param("7. 什么是缓存？", id="plain line"),
    ],
)
def test_numbered_questions_come_in_many_shapes(heading: str) -> None:
    question = only(f"{heading}\n\n缓存把常用的数据放在近处。\n")
    assert (question.id, question.text) == ("notes-07", "什么是缓存？")


def test_a_heading_that_ends_in_a_question_mark_needs_no_number() -> None:
    bank = read(
        "# 网络\n\n## 什么是 TCP？\n可靠的协议。\n\n## 小结\n\n# 存储\n## 什么是 RAID?\n磁盘阵列。"
    )
    assert [(q.id, q.topic) for q in bank.questions] == [("notes-01", "网络"), ("notes-02", "存储")]


def test_lines_with_q_and_a_need_no_headings() -> None:
    bank = read("Q: What is RAID?\nA: Several disks as one.\n\nQ: And LVM?\nA: Logical volumes.\n")
    assert [(q.text, q.reference) for q in bank.questions] == [
        ("What is RAID?", "Several disks as one."),
        ("And LVM?", "Logical volumes."),
    ]
    bank = read("问：什么是快照？\n答：某一刻的副本。\n问：什么是镜像？\n答：同时写两份。")
    assert [q.reference for q in bank.questions] == ["某一刻的副本。", "同时写两份。"]


def test_a_dialogue_in_an_answer_stays_an_answer() -> None:
    question = only("### 1. 怎样沟通？\n\n先问清楚。\n\n问：要多快？\n")
    assert question.reference == "先问清楚。\n\n问：要多快？"


def test_chapters_with_numbers_are_topics_when_questions_stand_below_them() -> None:
    bank = read("## 1. 网络\n### 1.1 什么是 TCP？\n可靠。\n### 1.2 什么是 UDP？\n不可靠。\n")
    assert [(q.id, q.text, q.topic) for q in bank.questions] == [
        ("notes-01-01", "什么是 TCP？", "网络"),
        ("notes-01-02", "什么是 UDP？", "网络"),
    ]


def test_numbers_that_start_anew_in_each_part_still_give_each_question_an_id() -> None:
    bank = read("## A\n### 1. x\none\n## B\n### 1. y\ntwo\n### z?\nthree\n")
    assert [question.id for question in bank.questions] == ["notes-01", "notes-01-2", "notes-02"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            "- 定期备份：每天一次\n- 异地备份",
            [("定期备份", "每天一次"), ("异地备份", "")],
            id="plain bullets",
        ),
        pytest.param(
            "1. Back up daily.\n2) Test it – restores fail",
            [("Back up daily", ""), ("Test it", "restores fail")],
            id="numbered list",
        ),
        pytest.param(
            "可靠的传输协议。面向连接；保证顺序！",
            [("可靠的传输协议", ""), ("面向连接", ""), ("保证顺序！", "")],
            id="sentences",
        ),
        pytest.param(
            "It uses e.g. ZFS. Then it is version 2.5 of the thing.",
            [("It uses e.g. ZFS", ""), ("Then it is version 2.5 of the thing", "")],
            id="stops inside a sentence",
        ),
        pytest.param(
            "- **Kafka** is a log.\n- **缓存**：放在近处\n- **Queue** — it waits",
            [("Kafka", "Kafka is a log."), ("缓存", "放在近处"), ("Queue", "it waits")],
            id="bold without its colon inside",
        ),
    ],
)
def test_answers_without_bold_titles_become_key_points(
    answer: str, expected: list[tuple[str, str]]
) -> None:
    question = only(f"### 1. 怎么办？\n\n{answer}\n")
    assert [(point.title, point.detail) for point in question.key_points] == expected


def test_a_long_plain_point_gets_a_short_title_and_keeps_its_whole_text() -> None:
    text = "每天做一次增量备份，并且在另一个城市保留至少一份完整的副本，定期演练恢复"
    (point,) = only(f"### 1. 怎样备份？\n- {text}\n").key_points
    assert (point.title, point.detail) == ("每天做一次增量备份", text)


def test_plain_lists_before_bold_key_points_belong_to_the_reference() -> None:
    question = only("### 1. x\n\n步骤：\n- 甲\n- 乙\n\n- **要点：** 丙\n- 丁\n\n最后一句。\n")
    assert question.reference == "步骤：\n- 甲\n- 乙\n\n最后一句。"
    assert titles(question) == ["要点", "丁"]


def test_text_before_the_answer_mark_belongs_to_the_question() -> None:
    question = only("### 1. 输出是什么？\n\n```python\n# 2. print\n- x\n```\n\n**答案：** 一行。\n")
    assert question.text == "输出是什么？\n\n```python\n# 2. print\n- x\n```"
    assert question.reference == "一行。"


def test_headings_below_a_question_belong_to_its_answer() -> None:
    question = only("### 1. x\n#### 参考答案\n\n先想。\n\n#### 展开\n\n- **甲：** 乙\n")
    assert question.reference == "先想。\n\n展开"
    assert titles(question) == ["甲"]


def test_a_fence_that_is_never_closed_swallows_nothing() -> None:
    bank = read("### 1. x\n```\ncode\n### 2. y\nanswer\n")
    assert [question.text for question in bank.questions] == ["x", "y"]


def test_comments_are_no_text() -> None:
    question = only("### 1. x <!-- TODO: check -->\n\na b c d <!-- kept -->\n<!-- gone\n# y -->\n")
    assert (question.text, question.reference) == ("x", "a b c d <!-- kept -->")


def test_metadata_may_be_any_yaml_and_is_never_more_than_text() -> None:
    question = only(
        "### 1. x\n<!--\n# a remark\ndifficulty: '3'\ntags:\n  - yes\n  - \"a, b\"\n"
        "variants: !!python/name:os.system x\n-->\nans wer\n"
    )
    assert question.difficulty == 3
    assert question.tags == ("yes", "a, b")
    assert question.variants == "x"


def test_the_language_is_told_from_the_text_where_nobody_says_it() -> None:
    bank = read(
        "### 1. 什么是 RDMA over Ethernet？\n绕过内核直接读写内存。\n### 2. Why?\nBecause.\n"
    )
    assert [question.language for question in bank.questions] == ["zh", "en"]


def test_front_matter_of_other_tools_is_passed_over() -> None:
    assert read("---\nlayout: post\ndate: 2024-01-01\n---\n### 1. x\nans\n").id == "notes"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("My Bank.zh", "my-bank-zh", id="latin"),
        pytest.param("Größe", "groe", id="accents"),
        pytest.param("面试题", "bank-d69eb5fb", id="chinese"),
        pytest.param("dc 面试题", "dc-cbcb38e1", id="mixed"),
        pytest.param("...", "bank-ab5df625", id="nothing to use"),
    ],
)
def test_a_bank_without_an_id_gets_a_stable_one_from_its_name(name: str, expected: str) -> None:
    assert read("### 1. x\nans\n", name).id == expected


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param("", None, "no question", id="empty"),
        pytest.param("just text\n", None, "no question", id="no question"),
        pytest.param("### 1. x\n\n<!-- open\nans", 3, "never closed", id="open comment"),
        pytest.param("### 1. x\n<!--\ndificulty: 2\n-->\na", 2, "'dificulty'", id="typo in a key"),
        pytest.param("### 1. x\n<!--\nid: [a\n-->\na", 4, "YAML", id="broken yaml"),
        pytest.param("### 1. x\n<!-- id: [a] -->\na", 2, "plain text", id="list for text"),
        pytest.param("### 1. x\n<!-- id: a -->\n<!-- id: b -->\na", 3, "twice", id="id twice"),
        pytest.param("### 1. x\n<!-- difficulty: hardish -->\na", 1, "hardish", id="no number"),
        pytest.param("### 1. x\n<!-- difficulty: 4 -->\na", 1, "4", id="difficulty out of range"),
        pytest.param("### 1. x\n- **a：** b <!-- weight: 0 -->", 2, "0", id="weight of zero"),
        pytest.param(
            "### 1. x\n- **a：** b <!-- weight: nan -->", 2, "nan", id="weight not a number"
        ),
        pytest.param(
            "### 1. x\n- **a：** b <!-- wieght: 2 -->", 2, "wieght", id="typo in a weight"
        ),
        pytest.param("### 1. x\n- **：** b", 2, "no title", id="empty title"),
        pytest.param("### 1.\nans", 1, "no text", id="empty question"),
        pytest.param("### 1. x\n<!-- id: a b -->\na", 1, "'a b'", id="unsafe id"),
        pytest.param("### 1. x\n<!-- id: ../x -->\na", 1, "'../x'", id="path for an id"),
        pytest.param(
            "### 1. x\n<!-- id: a -->\na\n### 2. y\n<!-- id: a -->\nb", 4, "'a'", id="same id"
        ),
        pytest.param(
            "---\nbank: b\nauthor: me\n---\n### 1. x\na", 2, "'author'", id="unknown front"
        ),
        pytest.param("---\nbank: b b\n---\n### 1. x\na", 1, "'b b'", id="unsafe bank id"),
    ],
)
def test_mistakes_are_named_with_file_and_line(text: str, line: int | None, part: str) -> None:
    with pytest.raises(BankError) as caught:
        require_values(read(text))
    assert caught.value.line == line
    assert part in caught.value.message
    assert caught.value.message.startswith("notes.md:")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: "### 1. x\n" + "```x\n" * n, id="open fences"),
        pytest.param(lambda n: "".join("`" * (3 + k % 50) + "x\n" for k in range(n)), id="fences"),
        pytest.param(lambda n: "### 1. x\n- " + "a " * 5 * n, id="long line"),
        pytest.param(lambda n: "### 1. x" + " #" * n, id="closing marks"),
        pytest.param(lambda n: "### 1. x\n" + "- plain\n" * n + "- **b：** c\n", id="many items"),
        pytest.param(lambda n: "### " * n, id="many marks"),
        pytest.param(lambda n: "### 1. x\n" + "<|a" * n, id="half tokens"),
        pytest.param(lambda n: "### 1. x\n" + "\\" * n, id="backslashes"),
        pytest.param(lambda n: "### 1. x\n" + "。" * n, id="full stops"),
        pytest.param(lambda n: "### 1. x\n**" + "1. " * n, id="open bold"),
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_size(make: Callable[[int], str]) -> None:
    """Each of these would take minutes if reading were quadratic."""
    with contextlib.suppress(BankError):
        read(make(40_000))
