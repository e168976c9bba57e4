"""What the pages say, they say in Chinese too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from app import errors
from app.language.messages import LOCALE_DIR, translator
from app.web.navigation import NAVIGATION
from app.web.pages import ROOM

PLACE = r"\{(\w+)[!:}]"
DOMAINS = sorted(file.stem for file in LOCALE_DIR.glob("zh/LC_MESSAGES/*.po"))
# SettingsError is for whoever starts the server, in the terminal.
ERRORS = {name for name in vars(errors) if isinstance(getattr(errors, name), type)} - {
    "SettingsError"
}


def in_templates() -> Iterator[str]:
    for file in sorted((ROOM / "templates").rglob("*.j2")):
        tree = Environment(autoescape=True).parse(file.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say" and call.args:
                text = call.args[0]
                if isinstance(text, nodes.Const):
                    yield text.value


def in_code(folder: Path) -> Iterator[str]:
    """Texts that are said, and messages and remedies of errors without a variable in them."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            wanted = node.args[:1] if name == "say" else node.args[:2] if name in ERRORS else []
            for text in wanted:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


TEXTS = {*in_templates(), *in_code(ROOM), *(item.name for item in NAVIGATION)}


@pytest.mark.parametrize("text", sorted(TEXTS))
def test_every_text_has_a_chinese_translation_with_the_same_places(text: str) -> None:
    translations = {translator(domain, "zh")(text) for domain in DOMAINS} - {text}
    if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", text)):
        assert translations, "add it to the .po of its room and run: make messages"
    for translation in translations:
        assert set(re.findall(PLACE, translation)) == set(re.findall(PLACE, text))
