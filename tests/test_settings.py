"""Settings: what is read, refused and never shown, and that the page tells the truth."""

import re
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import Settings, read_settings, variable_of

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, str]]:
    return {
        name: (default.strip("`"), text) for name, default, text in ROW.findall(PAGE.read_text())
    }


def test_the_page_lists_exactly_the_settings() -> None:
    assert set(documented()) == {variable_of(field) for field in Settings.model_fields}


@pytest.mark.parametrize("field", Settings.model_fields)
def test_the_page_gives_the_default_and_the_meaning(field: str) -> None:
    info = Settings.model_fields[field]
    default, text = documented()[variable_of(field)]
    assert text == info.description
    if field not in {"home", "openai_api_key", "access_token", "session_secret"}:
        assert default == (str(info.default) or "unset")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("MOCKINT_EMBEDDER", "word2vec", id="unknown embedder"),
        pytest.param("MOCKINT_EMBEDDER", "st:", id="embedder without a name"),
        pytest.param("MOCKINT_LLM_DEADLINE", "soon", id="not a number"),
        pytest.param("MOCKINT_LLM_ATTEMPTS", "0", id="out of range"),
        pytest.param("MOCKINT_LANGUAGE", "klingon", id="unknown language"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert variable in refused.value.message
    assert refused.value.remedy


def test_the_api_key_is_masked_wherever_settings_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    settings = read_settings()
    assert settings.openai_api_key.get_secret_value() == "sk-very-secret"
    assert "very-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKINT_EMBEDDER", "")
    assert read_settings().embedder == "bundled"
