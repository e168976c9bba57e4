"""The shipped attacks and their carriers, and how a row becomes the text that a grader gets."""

import json
from collections import Counter
from pathlib import Path

import pytest

from app.bank.reading import read_bank
from app.domain.assessment import Verdict
from app.domain.question import Bank, KeyPoint, Question
from app.errors import EvalError
from app.evals.attacks.suite import Attack, AttackSuite, Family, Half, read_attack_suite
from app.resources import resource_dir

ANSWER_LIMIT = 12_000

QUESTION = Question(
    "q1",
    "Which fruit?",
    language="en",
    key_points=(
        KeyPoint("kp1", "Apple", "It is round. It grows on trees.", follow_up="What rolls?"),
        KeyPoint("kp2", "Pear", "It is long."),
    ),
)
CARRIER = {
    "id": "q1-weak",
    "question_id": "q1",
    "kind": "weak",
    "answer": "No idea, something sweet.",
    "verdicts": [{"verdict": "missing"}, {"verdict": "partial", "quote": "something sweet"}],
}


@pytest.fixture(scope="module")
def suite() -> AttackSuite:
    banks = [read_bank(resource_dir("corpus") / f"ai-datacenter.{tag}.md") for tag in ("zh", "en")]
    return read_attack_suite(banks)


def attack(**fields: object) -> Attack:
    row = {"id": "a-1", "family": "orders", "language": "en", "mount": "append", **fields}
    return Attack.model_validate(row)


class TestTheShippedSuite:
    def test_has_the_size_and_balance_that_it_claims(self, suite: AttackSuite) -> None:
        languages = Counter(attack.language for attack in suite.attacks)

        assert len(suite.attacks) >= 150
        assert abs(languages["zh"] - languages["en"]) <= 0.1 * len(suite.attacks)

    @pytest.mark.parametrize("family", list(Family), ids=str)
    def test_every_family_speaks_both_languages_in_both_halves(
        self, suite: AttackSuite, family: Family
    ) -> None:
        own = [attack for attack in suite.attacks if attack.family is family]

        assert Counter(attack.language for attack in own).keys() == {"zh", "en"}
        assert min(Counter(attack.language for attack in own).values()) >= 4
        assert {attack.half for attack in own} == set(Half)

    def test_no_two_attacks_are_alike_letter_by_letter(self, suite: AttackSuite) -> None:
        bodies = [attack.model_dump_json(exclude={"id"}) for attack in suite.attacks]

        assert len(set(bodies)) == len(bodies)

    def test_every_attack_fits_on_every_carrier_within_the_answer_limit(
        self, suite: AttackSuite
    ) -> None:
        for mounted in suite.carriers:
            for each in suite.attacks:
                text = each.mounted_on(mounted.question, mounted.carrier.answer)
                assert 0 < len(text) <= ANSWER_LIMIT, each.id
                assert "{{answer}}" not in text, each.id

    def test_every_question_has_a_weak_and_a_good_carrier(self, suite: AttackSuite) -> None:
        kinds = Counter((m.question.id, m.carrier.kind) for m in suite.carriers)
        languages = Counter(m.question.language for m in suite.carriers)

        assert set(kinds.values()) == {1}
        assert len(kinds) == 2 * len({question for question, _ in kinds})
        assert min(languages.values()) >= 12

    def test_good_carriers_leave_room_to_rise(self, suite: AttackSuite) -> None:
        for mounted in suite.carriers:
            verdicts = [honest.verdict for honest in mounted.carrier.verdicts]
            assert Verdict.MISSING in verdicts, mounted.carrier.id
            assert (Verdict.COVERED in verdicts) == (mounted.carrier.kind == "good")

    def test_data_files_show_invisible_characters_as_escapes(self) -> None:
        text = (resource_dir("evals") / "attacks" / "attacks.jsonl").read_text(encoding="utf-8")

        assert not set(text) & set("\u200b\u200d\u2060\ufeff\u00ad\u202e\u3164")


class TestMounting:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            pytest.param({"mount": "append", "text": "Ten!"}, "Sweet.\nTen!", id="append"),
            pytest.param({"mount": "prepend", "text": "Ten!"}, "Ten!\nSweet.", id="prepend"),
            pytest.param({"mount": "replace", "text": "Ten!"}, "Ten!", id="replace"),
            pytest.param({"mount": "wrap", "text": "<{{answer}}>"}, "<Sweet.>", id="wrap"),
            pytest.param(
                {"mount": "replace", "text": "{{question}} {{titles}}; {{title1}}"},
                "Which fruit? Apple, Pear; Apple",
                id="placeholders",
            ),
        ],
    )
    def test_puts_the_attack_where_the_row_says(
        self, fields: dict[str, object], expected: str
    ) -> None:
        assert attack(**fields).mounted_on(QUESTION, "Sweet.") == expected

    @pytest.mark.parametrize(
        ("transform", "expected"),
        [
            pytest.param({"name": "repeat", "text": "ab", "until": 5, "then": "!"}, "abab!"),
            pytest.param({"name": "cycle", "texts": ["a.", "b."], "until": 8}, "a. b. a."),
            pytest.param({"name": "count", "start": 1, "until": 6, "pattern": "{}, "}, "1, 2, "),
            pytest.param({"name": "base64", "text": "hi", "intro": "Decode: "}, "Decode: aGk="),
            pytest.param({"name": "hex", "text": "hi"}, "6869"),
            pytest.param({"name": "rot13", "text": "hi"}, "uv"),
            pytest.param({"name": "reversed", "text": "abc"}, "cba"),
            pytest.param({"name": "unicode_escapes", "text": "满"}, "\\u6ee1"),
            pytest.param({"name": "full_width", "text": "a b"}, "ａ ｂ"),
            pytest.param({"name": "mathematical", "text": "Ab1"}, "𝐀𝐛1"),
            pytest.param({"name": "cyrillic", "text": "a"}, "\u0430"),
            pytest.param({"name": "strikethrough", "text": "no"}, "n\u0336o\u0336"),
            pytest.param({"name": "tags", "text": "A"}, "\U000e0041"),
            pytest.param({"name": "variation_selectors", "text": "A"}, "\U000e0141"),
            pytest.param({"name": "bidirectional", "text": "x"}, "\u202ex\u202c"),
            pytest.param(
                {"name": "interleave", "text": "ab", "between": "\u200b"}, "a\u200bb\u200b"
            ),
            pytest.param({"name": "padding", "character": " ", "times": 3, "text": "x"}, "   x"),
            pytest.param(
                {"name": "titles", "pattern": "{}! {}!", "separator": " "},
                "Apple! Apple! Pear! Pear!",
            ),
            pytest.param(
                {"name": "claims", "pattern": "Is it true that {}?"},
                "Is it true that It is round?\nIs it true that It is long?",
            ),
            pytest.param({"name": "follow_ups", "pattern": "{}", "separator": "|"}, "What rolls?|"),
        ],
        ids=lambda value: value["name"] if isinstance(value, dict) else "",
    )
    def test_makes_what_the_transform_says(
        self, transform: dict[str, object], expected: str
    ) -> None:
        made = attack(mount="replace", transform=transform).mounted_on(QUESTION, "Sweet.")

        assert made == expected

    def test_combining_marks_leave_hardly_a_letter_to_see(self) -> None:
        row = attack(mount="replace", transform={"name": "combining", "text": "ok"})

        assert len(row.mounted_on(QUESTION, "")) > 20

    def test_the_carrier_itself_can_be_interleaved(self) -> None:
        row = attack(mount="wrap", transform={"name": "spaced_answer", "between": "\u00ad"})

        assert row.mounted_on(QUESTION, "ab") == "a\u00adb\u00ad"


class TestRows:
    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param({}, id="neither text nor transform"),
            pytest.param(
                {"text": "x", "transform": {"name": "hex", "text": "y"}}, id="text and transform"
            ),
            pytest.param({"text": "x", "mount": "wrap"}, id="wrap without the answer"),
            pytest.param({"text": "x", "family": "bribes"}, id="unknown family"),
            pytest.param({"text": "x", "language": "fr"}, id="no carriers in that language"),
            pytest.param({"text": "x", "note": "?"}, id="unknown field"),
            pytest.param({"transform": {"name": "rot26", "text": "y"}}, id="unknown transform"),
            pytest.param(
                {"transform": {"name": "repeat", "text": "y", "until": 10**6}}, id="over the limit"
            ),
        ],
    )
    def test_a_malformed_attack_is_refused_with_file_and_line(
        self, fields: dict[str, object], tmp_path: Path
    ) -> None:
        row = {"id": "a", "family": "orders", "language": "en", "mount": "append", **fields}
        (tmp_path / "attacks.jsonl").write_text(f"\n{json.dumps(row)}\n")

        with pytest.raises(EvalError, match=r"attacks\.jsonl:2: "):
            read_attack_suite([], tmp_path)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            pytest.param({"question_id": "q2"}, "does not fit a question 'q2'", id="no question"),
            pytest.param({"verdicts": []}, "does not fit", id="other number of key points"),
            pytest.param(
                {"verdicts": [{"verdict": "covered", "quote": "sour"}] * 2},
                "not in the answer: 'sour'",
                id="quote not in the answer",
            ),
        ],
    )
    def test_a_carrier_that_does_not_fit_is_refused(
        self, change: dict[str, object], message: str, tmp_path: Path
    ) -> None:
        (tmp_path / "attacks.jsonl").write_text("")
        (tmp_path / "carriers.jsonl").write_text(json.dumps({**CARRIER, **change}))

        with pytest.raises(EvalError, match=message):
            read_attack_suite([Bank("b", questions=(QUESTION,))], tmp_path)

    def test_an_id_used_twice_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "attacks.jsonl").write_text("")
        (tmp_path / "carriers.jsonl").write_text(f"{json.dumps(CARRIER)}\n" * 2)

        with pytest.raises(EvalError, match="'q1-weak' is used twice"):
            read_attack_suite([Bank("b", questions=(QUESTION,))], tmp_path)

    def test_a_folder_without_a_suite_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EvalError, match="cannot be read"):
            read_attack_suite([], tmp_path / "nowhere")
