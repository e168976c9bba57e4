"""What is exported can be read again."""

import csv
import io
from dataclasses import replace

import pytest

from app.bank.exporting import BankForm, export_bank
from app.bank.normal import normal_bank
from app.bank.reading import parse_upload
from app.domain.question import Bank, KeyPoint, Question
from app.wiring.evaluation import shipped_banks

HOSTILE = Bank(
    "demo",
    "=HYPERLINK(\"http://evil\")",
    "en",
    (
        Question(
            "demo-01",
            "=1+1 is what?\n\n```\ncode -->\n```",
            topic="@topic",
            language="en",
            reference="- a list\n\n<script>alert(1)</script>",
            key_points=(
                KeyPoint("kp1", "A: point", "with “quotes”, \"more\" & <b>", 1.5, "Really?"),
                KeyPoint("own", "Another", "line one\n  line two", wordings=("=1, “a”", "<!-- b")),
            ),
            tags=("a b", "c: d", "#e \ufffe 😀"),
            variants="v",
        ),
        Question("demo-02", "还有呢？", language="zh", reference="没有。", difficulty=3),
    ),
)  # fmt: skip


@pytest.mark.parametrize("form", list(BankForm))
def test_an_exported_bank_is_read_back_as_it_was(form: BankForm) -> None:
    for bank in (HOSTILE, *shipped_banks()):
        read = parse_upload(export_bank(bank, form).encode(), f"{bank.id}.{form}")
        wanted = normal_bank(bank)
        if form is BankForm.CSV:
            wanted = replace(wanted, title="", licence="")
        assert read == wanted


def test_no_cell_of_a_table_is_taken_for_a_formula() -> None:
    text = export_bank(HOSTILE, BankForm.CSV).removeprefix("\ufeff")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
