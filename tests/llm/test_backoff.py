from datetime import UTC, datetime

import pytest

from app.llm.backoff import parse_retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "3"}, 3.0, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="fractions"),
        pytest.param({"retry-after-ms": "250", "retry-after": "9"}, 0.25, id="milliseconds first"),
        pytest.param({"retry-after": "Sun, 01 Mar 2026 12:00:20 GMT"}, 20.0, id="HTTP date"),
        pytest.param({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0, id="date in the past"),
        pytest.param({"retry-after": "Sun, 01 Mar 2026 12:00:20 -0000"}, 20.0, id="no zone"),
        pytest.param({"retry-after": "soon"}, None, id="nonsense"),
        pytest.param({"retry-after": "nan"}, None, id="not a number"),
        pytest.param({"retry-after": "-5"}, None, id="negative"),
        pytest.param({"retry-after": "inf"}, None, id="infinite"),
        pytest.param({}, None, id="no header"),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers, NOW) == seconds
