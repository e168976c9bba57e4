"""What mockint says, it says in Chinese too."""

import ast
import re
from collections.abc import Iterator

import pytest

from app.language.messages import LOCALE_DIR, translator
from tests.cli.conftest import ROOT

PLACE = r"\{(\w+)[!:}]"
DOMAINS = sorted(file.stem for file in LOCALE_DIR.glob("zh/LC_MESSAGES/*.po"))


def spoken() -> Iterator[str]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_say(node.func) and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _is_say(function: ast.expr) -> bool:
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("say", "_say")


@pytest.mark.parametrize("text", sorted(set(spoken())))
def test_every_text_has_a_chinese_translation_with_the_same_places(text: str) -> None:
    translations = {translator(domain, "zh")(text) for domain in DOMAINS} - {text}
    if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", text)):
        assert translations, "add it to the .po of its room and run: make messages"
    for translation in translations:
        assert set(re.findall(PLACE, translation)) == set(re.findall(PLACE, text))
