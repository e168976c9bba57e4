"""Dates on pages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.language.messages import translator
from app.web.dates import Dates
from app.web.languages import Language

TODAY = date(2026, 3, 1)


def dates(language: Language) -> Dates:
    return Dates(language, translator("web", language), lambda: TODAY)


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        pytest.param(0, "今天", "today", id="today"),
        pytest.param(-1, "昨天", "yesterday", id="yesterday"),
        pytest.param(1, "明天", "tomorrow", id="tomorrow"),
        pytest.param(-2, "2月27日", "27 Feb", id="this year"),
        pytest.param(-90, "2025年12月1日", "1 Dec 2025", id="another year"),
    ],
)
def test_a_day_is_said_as_people_write_it(days: int, chinese: str, english: str) -> None:
    day = TODAY + timedelta(days=days)
    assert dates(Language.CHINESE).day(day) == chinese
    assert dates(Language.ENGLISH).day(day) == english


def test_a_moment_is_the_day_and_the_time_where_the_server_stands() -> None:
    moment = datetime(2026, 2, 28, 12, 5, tzinfo=UTC).astimezone()
    assert dates(Language.ENGLISH).moment(moment.astimezone(UTC)) == f"yesterday {moment:%H:%M}"
