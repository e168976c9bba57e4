"""What errors say, they say in Chinese too: every place in the code that makes one is looked at."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from app import errors
from app.errors import BankError, Filled, StoreError, filled
from app.language.failures import DOMAIN, said, told
from app.language.messages import LOCALE_DIR, translator
from app.web.remedies import REMEDIES

APP = Path(errors.__file__).parent
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.MockintError)
} | {"IndexDamaged", "CollectionMissing"}
UNTRANSLATED = {
    "app/evals/": "speaks of files and figures of the harness, which are English throughout",
    "app/cli/eval/": "the same",
}
PASSED_ON = {
    "app/bank/documents.py": "_fail hands on a message, and each of its callers is looked at",
    "app/bank/findings.py": "a finding, which the catalogue `bank` has translated",
    "app/bank/markdown.py": "_fail, as above",
    "app/bank/safe_yaml.py": "_Broken, as above",
    "app/bank/tabular.py": "_fail, as above",
    "app/bank/records.py": "_fail, as above",
    "app/embedding/openai_compatible.py": "a table of remedies, looked at below",
    "app/grading/rubric/grader.py": "a table of problems, looked at below",
    "app/interview/documents.py": "a table of problems, looked at below",
    "app/llm/endpoint_errors.py": "a table of remedies, looked at below",
    "app/store/failures.py": "a table of failures, looked at below",
    "app/web/api/banks.py": "a complaint that is translated already",
    "app/web/routes/settings.py": "an ExportUnusable with another path in it",
    "app/llm/recording.py": "either of two texts, looked at as `filled`",
    "app/bank/shelf.py": "either of two texts, looked at as `filled`",
}
TABLES = (
    "app/llm/endpoint_errors.py",
    "app/grading/rubric/grader.py",
    "app/interview/documents.py",
    "app/store/failures.py",
    "app/embedding/openai_compatible.py",
)
FOR_THE_OPERATOR = {
    "StoreError": "a page says only that something does not work now; the log has the rest",
    "VectorIndexError": "the same",
    "IndexDamaged": "the same",
    "CollectionMissing": "the same",
    "EmbedderError": "the same",
    "SettingsError": "comes when the server starts, in the terminal",
    "CalibrationBroken": "the same",
    "RecordingMissing": "replay is an option of the terminal",
} | dict.fromkeys(
    ("ChatModelError", "ChatModelRefused", "ChatModelUnreachable", "ReplyUnusable"),
    "`told_on_page` has one remedy for all",
)
COMMANDS = (
    r"mockint (ask|bank|history|review|report|doctor|serve|eval)|MOCKINT_|OPENAI_| --[a-z]|docs/"
    r"|pip "
)
CARRIERS = {"_fail", "_Broken", "filled", "ValueError"}


@dataclass(frozen=True)
class Site:
    file: str
    kind: str
    text: str | None
    is_remedy: bool = False


def constants(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                    found[target.id] = node.value.value
    return found


def sites() -> Iterator[Site]:
    trees = {file: ast.parse(file.read_text("utf-8")) for file in sorted(APP.rglob("*.py"))}
    shared: dict[str, list[str]] = {}
    for tree in trees.values():
        for name, text in constants(tree).items():
            if name.isupper():
                shared.setdefault(name, []).append(text)
    for file, tree in trees.items():
        path = file.relative_to(APP.parent).as_posix()
        names = shared | {name: [text] for name, text in constants(tree).items()}
        yield from in_calls(tree, path, names)
        if path in TABLES:
            yield from (Site(path, "", text) for text in in_tables(tree))


def in_calls(tree: ast.Module, path: str, names: dict[str, list[str]]) -> Iterator[Site]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ERRORS:
            wanted = node.args[:2]
        elif name in CARRIERS and (name != "ValueError" or path.startswith("app/bank/")):
            wanted = node.args[:1]
        else:
            continue
        for place, text in enumerate(wanted):
            is_filled = isinstance(text, ast.Call) and text.args
            for one in texts_of(text.args[0] if is_filled else text, names):
                yield Site(path, name, one, is_remedy=place == 1)


def texts_of(node: ast.expr, names: dict[str, list[str]]) -> list[str | None]:
    """The texts that an argument may stand for; None for what cannot be told."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name) if name in names:
            return [*names[name]]
        case ast.IfExp(body=one, orelse=other):
            return [*texts_of(one, names), *texts_of(other, names)]
        case ast.Call(func=ast.Name(id="filled")):
            return []  # looked at by itself
    return [None]


def in_tables(tree: ast.Module) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if re.match(r"[A-Z{][^\n]* [^\n]*\.$", text):
                yield text


ALL = list(sites())
TEXTS = sorted(
    {
        site.text
        for site in ALL
        if site.text and not any(site.file.startswith(room) for room in UNTRANSLATED)
    }
)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def is_words(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", text)))


@pytest.mark.parametrize("text", [text for text in TEXTS if is_words(text)])
def test_every_message_and_remedy_has_a_chinese_translation(text: str) -> None:
    translation = translator(DOMAIN, "zh")(text)
    assert translation != text, "add it to errors.po and run: make messages"
    if places(text):
        assert places(translation) <= places(text)


@pytest.mark.parametrize("text", sorted({*REMEDIES.values(), *REMEDIES}))
def test_what_a_page_says_instead_stands_for_a_remedy_that_is_said(text: str) -> None:
    if text in REMEDIES:
        assert text in {site.text for site in ALL}, "nothing says this any more"
    else:
        assert translator(DOMAIN, "zh")(text) != text or "POST" in text


def test_no_page_tells_its_reader_to_type_a_command_or_to_set_a_variable() -> None:
    for site in ALL:
        if not site.is_remedy or site.kind in FOR_THE_OPERATOR or site.text is None:
            continue
        if site.file.startswith(("app/cli/", "app/evals/")):
            continue
        text = REMEDIES.get(site.text, site.text)
        assert not re.search(COMMANDS, text), (
            f"{site.file}: say in app/web/remedies.py what a page says instead of {site.text!r}"
        )


def test_no_error_is_made_with_a_text_that_cannot_be_looked_up() -> None:
    unknown = {site.file for site in ALL if site.text is None}
    assert unknown - set(PASSED_ON) - {one for one in unknown if one.startswith("app/evals/")} == (
        set()
    )


def test_an_error_is_told_with_its_values_in_another_language() -> None:
    error = BankError(filled("Unknown column {field!r}.", field="x"), file="b.csv", line=3)
    assert str(error) == "b.csv:3: Unknown column 'x'."
    assert told(error, "zh").message == "b.csv:3：未知的列“x”。"
    assert told(error, "en").message == str(error)


def test_a_text_within_a_text_is_translated_and_a_name_is_not() -> None:
    inner = filled("it is nested too deeply")
    assert said(filled("The JSON cannot be read: {problem}.", problem=inner), "zh") == (
        "JSON 无法读取：嵌套太深。"
    )
    name = "it is nested too deeply"
    assert name in said(filled("The JSON cannot be read: {problem}.", problem=name), "zh")


def test_an_exception_stands_for_what_it_says() -> None:
    cause = ValueError(filled("tags is not a list of words"))
    text = filled("The question's {error}.", error=cause)
    assert text == "The question's tags is not a list of words."
    assert isinstance(text.values["error"], Filled)


def test_a_face_may_tell_another_remedy() -> None:
    error = StoreError("No interview is open.", "Begin one: mockint ask")
    found = told(error, "en", {"Begin one: mockint ask": "Begin one on the start page."})
    assert found.remedy == "Begin one on the start page."


def test_braces_in_a_plain_text_stay() -> None:
    assert filled('Write [{"title": 1}].') == 'Write [{"title": 1}].'


@pytest.mark.parametrize(
    "file", sorted(LOCALE_DIR.glob("zh/LC_MESSAGES/*.po")), ids=lambda f: f.stem
)
def test_chinese_is_written_with_chinese_marks_and_one_word_for_one_thing(file: Path) -> None:
    texts = re.findall(r'(?m)^msgstr ((?:".*"\s?)+)', file.read_text("utf-8"))
    assert len(texts) > 5
    marks = re.compile(r"[\u4e00-\u9fff](?:[,;!?()]|: )|[,;!?()][\u4e00-\u9fff]|[「」『』]")
    assert [text for text in texts if marks.search(text)] == []
    other_words = ("大模型", "嵌入模型", "答复", "考点", "会话", "未提到")
    assert [text for text in texts for word in other_words if word in text] == []
