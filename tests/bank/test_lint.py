"""What lint finds, on the banks that ship and on banks with one thing wrong."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.bank.findings import LONGEST_KEY_POINT, Finding, Rule, Severity
from app.bank.lint import SAME, lint_bank
from app.bank.reading import read_bank
from app.bank.similar import SMALL_BANK, QuestionVectors
from app.bank.wordings import LONGEST_WORDING
from app.domain.question import Bank, KeyPoint, Question
from app.embedding.base import Embedder, Vectors
from app.language.messages import translator
from app.resources import resource_dir


@pytest.fixture(scope="module")
def shipped() -> Bank:
    return read_bank(resource_dir("corpus") / "ai-datacenter.zh.md")


@pytest.fixture(scope="module")
def shipped_english() -> Bank:
    return read_bank(resource_dir("corpus") / "ai-datacenter.en.md")


def point(title: str, detail: str = "", number: int = 1, weight: float = 1.0) -> KeyPoint:
    return KeyPoint(f"kp{number}", title, detail, weight, line=10 + number)


def worded(title: str, *wordings: str) -> KeyPoint:
    return replace(point(title), wordings=wordings)


def question(number: int = 1, **values: object) -> Question:
    start = Question(
        f"b-{number:02d}",
        f"怎样备份第 {number} 类数据？",
        key_points=(point("定期备份", "每天做一次增量备份"),),
        line=10 * number,
    )
    return replace(start, **values)  # type: ignore[arg-type]


def found(bank: Bank, embedder: Embedder, rule: Rule) -> list[Finding]:
    return [finding for finding in lint_bank(bank, embedder) if finding.rule is rule]


def numbers(finding: Finding) -> list[int]:
    return [int(name.removesuffix("-en").rsplit("-", 1)[1]) for name in finding.question_ids]


def test_a_sound_bank_has_no_findings(embedder: Embedder) -> None:
    assert lint_bank(Bank("b", questions=(question(),)), embedder) == []


def test_the_shipped_banks_have_no_errors_and_all_references_support_their_key_points(
    shipped: Bank, shipped_english: Bank, embedder: Embedder
) -> None:
    for bank in (shipped, shipped_english):
        rules = {finding.rule for finding in lint_bank(bank, embedder)}
        assert rules <= {Rule.VARIANTS, Rule.NEAR_DUPLICATES}


def test_marked_variants_of_the_shipped_bank_are_confirmed_as_groups(
    shipped: Bank, embedder: Embedder
) -> None:
    groups = [numbers(finding) for finding in found(shipped, embedder, Rule.VARIANTS)]
    assert groups == [
        [2, 15, 26],
        [3, 9],
        [7, 17],
        [8, 18, 23, 29],
        [12, 20, 25],
        [14, 28],
        [21, 30],
        [32, 45],
        [33, 43, 49],
        [35, 42],
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        pytest.param(
            "zh",
            [[2, 15, 26], [3, 9, 33, 43], [7, 17], [8, 23, 29], [12, 20, 25], [14, 28], [21, 30]],
            id="chinese",
        ),
        pytest.param("en", [[2, 15, 26], [8, 23, 29], [12, 20], [14, 28], [21, 30]], id="english"),
    ],
)
def test_without_the_marks_the_groups_are_suggested(
    shipped: Bank,
    shipped_english: Bank,
    embedder: Embedder,
    language: str,
    expected: list[list[int]],
) -> None:
    bank = shipped if language == "zh" else shipped_english
    unmarked = replace(bank, questions=tuple(replace(q, variants="") for q in bank.questions))
    findings = found(unmarked, embedder, Rule.NEAR_DUPLICATES)
    groups = [numbers(finding) for finding in findings]
    assert [group for group in expected if group not in groups] == []
    assert len(groups) <= len(expected) + 3
    assert all(0.4 < (finding.similarity or 0) <= 1 for finding in findings)


def test_one_unmarked_question_beside_marked_ones_is_suggested_their_mark(
    shipped: Bank, embedder: Embedder
) -> None:
    questions = tuple(
        replace(q, variants="") if q.id == "ai-datacenter-29" else q for q in shipped.questions
    )
    findings = found(replace(shipped, questions=questions), embedder, Rule.NEAR_DUPLICATES)
    (finding,) = [finding for finding in findings if "ai-datacenter-29" in finding.question_ids]
    assert "`variants: network-latency`" in finding.remedy
    (first,) = [q for q in shipped.questions if q.id == finding.question_ids[0]]
    assert finding.line == first.line


def test_a_copied_question_in_a_small_bank_is_a_near_duplicate(embedder: Embedder) -> None:
    bank = Bank(
        "b",
        questions=(
            question(1, text="怎样备份训练数据？"),
            question(2, text="如何备份训练数据？"),
            question(3, text="什么是梯度爆炸？", key_points=(point("梯度裁剪", "限制梯度的大小"),)),
        ),
    )
    (finding,) = found(bank, embedder, Rule.NEAR_DUPLICATES)
    assert (numbers(finding), finding.line) == ([1, 2], 10)


@pytest.mark.parametrize(
    ("variants", "part"),
    [
        pytest.param(("only", ""), "Only b-01 is marked 'only'", id="alone"),
        pytest.param(("same", "same"), "have little in common", id="different questions"),
    ],
)
def test_marks_that_join_nothing_are_questioned(
    embedder: Embedder, variants: tuple[str, str], part: str
) -> None:
    other = (point("梯度裁剪", "limits the gradient norm"),)
    bank = Bank(
        "b",
        questions=(
            question(1, text="怎样防火？", key_points=(point("喷淋"),), variants=variants[0]),
            question(2, text="Explain quicksort", key_points=other, variants=variants[1]),
        ),
    )
    (finding,) = found(bank, embedder, Rule.LONE_VARIANT)
    assert finding.severity is Severity.WARNING
    assert part in finding.message


SUPPORTED = "我们每天做一次增量备份，并在异地保存一份。"
STRANGER = "Paint the walls green and water the flowers."
LONG = "很长" * (LONGEST_KEY_POINT // 4 + 1)


@pytest.mark.parametrize(
    ("changed", "rule", "severity", "line"),
    [
        pytest.param({"id": "a b"}, Rule.BAD_ID, Severity.ERROR, 10, id="unsafe id"),
        pytest.param({"id": ""}, Rule.BAD_ID, Severity.ERROR, 10, id="empty id"),
        pytest.param({"text": ""}, Rule.NO_QUESTION, Severity.ERROR, 10, id="no text"),
        pytest.param({"difficulty": 0}, Rule.BAD_DIFFICULTY, Severity.ERROR, 10, id="difficulty"),
        pytest.param({"key_points": ()}, Rule.NO_KEY_POINTS, Severity.ERROR, 10, id="no points"),
        pytest.param(
            {"key_points": (point(""),)}, Rule.NO_TITLE, Severity.ERROR, 11, id="no title"
        ),
        pytest.param(
            {"key_points": (point("a", weight=-1.0),)},
            Rule.BAD_WEIGHT,
            Severity.ERROR,
            11,
            id="negative weight",
        ),
        pytest.param(
            {"key_points": (point("a", weight=float("nan")),)},
            Rule.BAD_WEIGHT,
            Severity.ERROR,
            11,
            id="weight that is no number",
        ),
        pytest.param(
            {"key_points": (point("甲乙"), point("丙丁"))},
            Rule.DUPLICATE_ID,
            Severity.ERROR,
            11,
            id="two key points with one id",
        ),
        pytest.param(
            {"key_points": (point("a", LONG),)}, Rule.OVER_LONG, Severity.WARNING, 11, id="too long"
        ),
        pytest.param(
            {
                "key_points": (
                    point("定期备份", "每天备份一次数据"),
                    point("定期备份", "每天把数据备份一次", 2),
                )
            },
            Rule.SAME_POINT,
            Severity.WARNING,
            12,
            id="two points that say the same",
        ),
        pytest.param(
            {"key_points": (worded("异地备份", "异地，备份！"),)},
            Rule.REPEATED_WORDING,
            Severity.WARNING,
            11,
            id="a wording that only repeats the title",
        ),
        pytest.param(
            {"key_points": (worded("异地备份", "另一个城市也存一份", "另一个城市也存一份。"),)},
            Rule.REPEATED_WORDING,
            Severity.WARNING,
            11,
            id="a wording that is there twice",
        ),
        pytest.param(
            {"key_points": (worded("异地备份", "很长" * (LONGEST_WORDING // 4 + 1)),)},
            Rule.LONG_WORDING,
            Severity.WARNING,
            11,
            id="a wording of many statements",
        ),
        pytest.param(
            {
                "key_points": (
                    worded("异地备份", "按岗位给权限，没有授权的人进不来"),
                    point("访问控制", "只有授权的人才有权限接触数据", 2),
                )
            },
            Rule.STRAY_WORDING,
            Severity.WARNING,
            11,
            id="a wording below the wrong key point",
        ),
        pytest.param(
            {"reference": STRANGER}, Rule.UNSUPPORTED, Severity.WARNING, 11, id="reference"
        ),
    ],
)
def test_each_defect_is_found_with_its_line(
    embedder: Embedder, changed: dict[str, object], rule: Rule, severity: Severity, line: int
) -> None:
    bank = Bank("b", questions=(question(1, **changed),))
    (finding,) = found(bank, embedder, rule)
    assert (finding.severity, finding.line) == (severity, line)
    assert finding.message
    assert finding.remedy


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param(SUPPORTED, id="says it"),
        pytest.param("完全无关的引入语：", id="a lead-in is no reference"),
        pytest.param("", id="no reference"),
    ],
)
def test_references_that_support_or_do_not_exist_are_fine(
    embedder: Embedder, reference: str
) -> None:
    bank = Bank("b", questions=(question(1, reference=reference),))
    assert lint_bank(bank, embedder) == []


def test_a_reference_of_another_question_is_mostly_found_out(
    shipped: Bank, embedder: Embedder
) -> None:
    references = [question.reference for question in shipped.questions]
    shifted = [*references[25:], *references[:25]]
    swapped = tuple(
        replace(question, reference=reference)
        for question, reference in zip(shipped.questions, shifted, strict=True)
    )
    findings = found(replace(shipped, questions=swapped), embedder, Rule.UNSUPPORTED)
    assert len(findings) > 0.7 * sum(len(question.key_points) for question in swapped)


def test_wordings_below_another_key_point_of_their_question_are_often_found_out(
    shipped: Bank, shipped_english: Bank, embedder: Embedder
) -> None:
    for bank in (shipped, shipped_english):
        moved = replace(bank, questions=tuple(map(shifted, bank.questions)))
        strangers = sum(len(question.key_points) for question in bank.questions)
        assert len(found(moved, embedder, Rule.STRAY_WORDING)) > 0.4 * strangers


def shifted(question: Question) -> Question:
    """The question with one wording of each key point below the next one."""
    points = question.key_points
    strangers = [*points[1:], points[0]]
    return replace(
        question,
        key_points=tuple(
            replace(point, wordings=(*point.wordings[1:], stranger.wordings[0]))
            for point, stranger in zip(points, strangers, strict=True)
        ),
    )


def test_no_two_key_points_of_a_shipped_question_come_near_to_saying_the_same(
    shipped: Bank, shipped_english: Bank, embedder: Embedder
) -> None:
    for question in (*shipped.questions, *shipped_english.questions):
        vectors = embedder.embed([point.statement for point in question.key_points])
        others = vectors @ vectors.T - np.eye(len(vectors), dtype=np.float32)
        assert others.max() < SAME - 0.1


def average_precision(similarities: Vectors, questions: Sequence[Question]) -> float:
    """Mean precision at each pair of marked variants, all pairs in order of similarity."""
    rows, columns = np.triu_indices(len(questions), 1)
    order = np.argsort(-similarities[rows, columns])
    names = [question.variants for question in questions]
    is_marked = np.array(
        [names[rows[n]] != "" and names[rows[n]] == names[columns[n]] for n in order]
    )
    precision = np.cumsum(is_marked) / np.arange(1, len(is_marked) + 1)
    return float(precision[is_marked].mean())


def test_removing_what_all_questions_share_separates_variants_better(
    shipped: Bank, shipped_english: Bank, embedder: Embedder
) -> None:
    for bank in (shipped, shipped_english):
        plain = embedder.embed([question.text for question in bank.questions])
        vectors = QuestionVectors(bank.questions, embedder)
        size = len(bank.questions)
        together = np.array(
            [
                [vectors.mean_similarity((one, other)) for other in range(size)]
                for one in range(size)
            ]
        )
        before = average_precision(plain @ plain.T, bank.questions)
        after = average_precision(together, bank.questions)
        print(f"{bank.id}: average precision of variants {before:.2f} -> {after:.2f}")
        assert after > before + 0.2


def test_the_same_id_twice_is_found_at_the_second(embedder: Embedder) -> None:
    bank = Bank("b", questions=(question(1, id="x"), question(2, id="x", text="别的？")))
    (finding,) = found(bank, embedder, Rule.DUPLICATE_ID)
    assert finding.line == 20
    assert "line 10" in finding.message


def test_findings_are_said_in_chinese_too(embedder: Embedder) -> None:
    bank = Bank("b", questions=(question(1, difficulty=9, key_points=()),))
    said = [finding.message for finding in lint_bank(bank, embedder, translator("bank", "zh"))]
    assert said == ["难度写成了 9。", "题目“b-01”既没有答案也没有要点，不会被提问。"]


class CornerEmbedder:
    """Puts each text on the axis that its first number names."""

    name = fingerprint = "corners"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, int(text.split()[0])] = 1
        return vectors


def test_groups_span_the_blocks_of_a_large_bank() -> None:
    corners = [place % 40 for place in range(40 * 20)]
    questions = [
        Question(f"q-{place}", f"{corner}", key_points=(KeyPoint("kp1", f"{corner} x"),))
        for place, corner in enumerate(corners)
    ]
    assert len(questions) > SMALL_BANK
    groups = QuestionVectors(questions, CornerEmbedder()).groups()
    assert [group.members for group in groups] == [
        tuple(range(corner, 800, 40)) for corner in range(40)
    ]
    assert all(group.similarity == pytest.approx(1, abs=1e-3) for group in groups)


def test_a_bank_of_one_question_asked_over_and_over_is_no_failure(embedder: Embedder) -> None:
    same = tuple(question(n, id=f"b-{n}", text="怎样备份？") for n in range(1, 41))
    assert all(
        f.severity is not Severity.ERROR for f in lint_bank(Bank("b", questions=same), embedder)
    )
