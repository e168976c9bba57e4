import pytest

from app.cli.tongue import choose_language
from app.domain.question import Bank, Question

CHINESE = Bank("zh", language="zh", questions=(Question("a", "?"),))
ENGLISH = Bank("en", language="en", questions=(Question("b", "?", language="en"),))
GERMAN = Bank("de", language="de", questions=(Question("c", "?", language="de"),))
BOTH = (ENGLISH, CHINESE)


@pytest.mark.parametrize(
    ("wanted", "configured", "environ", "banks", "language"),
    [
        pytest.param("en", "zh", {"LANG": "zh_CN.UTF-8"}, BOTH, "en", id="the option wins"),
        pytest.param("", "en", {"LANG": "zh_CN.UTF-8"}, BOTH, "en", id="then the setting"),
        pytest.param("", "auto", {"LANG": "zh_CN.UTF-8"}, BOTH, "zh", id="then the locale"),
        pytest.param("", "auto", {"LANG": "zh"}, BOTH, "zh", id="a bare language"),
        pytest.param("", "auto", {"LANG": "fr_FR.UTF-8"}, BOTH, "en", id="others get English"),
        pytest.param("", "auto", {"LANG": "C.UTF-8"}, BOTH, "zh", id="C names no language"),
        pytest.param("", "auto", {"LC_ALL": "POSIX"}, BOTH, "zh", id="POSIX neither"),
        pytest.param("", "auto", {}, BOTH, "zh", id="no locale at all"),
        pytest.param(
            "", "auto", {"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "zh_CN"}, BOTH, "en",
            id="an empty variable does not count",
        ),
        pytest.param("", "auto", {"LANG": "zh_CN"}, (ENGLISH,), "en", id="only English banks"),
        pytest.param("", "auto", {"LANG": "en_GB"}, (GERMAN,), "de", id="a bank of one's own"),
        pytest.param("en", "auto", {}, (CHINESE,), "en", id="the option is never overruled"),
        pytest.param("", "auto", {"LANG": "en_GB"}, (), "en", id="no banks"),
    ],
)  # fmt: skip
def test_the_language_is_the_most_deliberate_choice(
    wanted: str, configured: str, environ: dict[str, str], banks: tuple[Bank, ...], language: str
) -> None:
    assert choose_language(wanted, configured, environ, banks) == language
