import pytest

from app.report.gathering import gather_report
from app.report.restating import held_to, numbers_of
from app.store.repository import SqlRepository
from tests.report.made import full_session


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("You averaged 6.4. Storage was weak.", 2, id="a number that is there"),
        pytest.param("You averaged 6.5. Storage was weak.", 1, id="a number that is not"),
        pytest.param("You were better than 90% of people.", 0, id="a share made up"),
        pytest.param("Ten of ten! Well done.", 1, id="number words"),
        pytest.param("You missed half of the points.", 0, id="half"),
        pytest.param("You got three right.", 1, id="a number word that is there"),
        pytest.param("平均６.４分。存储偏弱。", 2, id="full width"),
        pytest.param("平均七分。存储偏弱。", 1, id="Chinese numeral"),
        pytest.param("第 3 题答得好。三道题都不错。", 2, id="Chinese, there"),
        pytest.param("一方面讲得清楚，另一方面不够具体。", 1, id="一 that counts nothing"),
        pytest.param("- Storage was weak.\n- You averaged 9.", 1, id="a list"),
        pytest.param('{"key_points": []}', 0, id="JSON"),
        pytest.param('```json\n{\n"weak": "storage",\n}\n```', 0, id="fenced JSON"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_a_sentence_with_a_number_that_is_not_in_the_data_is_dropped(text: str, kept: int) -> None:
    assert len(held_to(text, {"6.4", "3"})[0]) == kept


async def test_the_numbers_of_a_report_may_be_named(mine: SqlRepository) -> None:
    report = await gather_report(mine, await full_session(mine))
    text = "The average is 4.3 of 10 over two questions. Question 1 got 7.2. The last got 9.9."
    kept, dropped = held_to(text, numbers_of(report))
    assert (len(kept), dropped) == (2, 1)
