"""Cards as they are put together: words with their quotes, slots that fill in."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Evidence, Finding, KeyPointResult, Verdict
from app.domain.events import Answer
from app.report.highlighting import cut
from app.web.chat.card import CardState, filling_card
from tests.cli.material import CHINESE

TEXT = "先做定期备份，再做异地备份。"


def quoted(number: int, start: int, end: int, text: str = TEXT) -> KeyPointResult:
    quote = Evidence(text[start:end], start, end)
    return KeyPointResult(f"kp{number}", "…", 1.0, Verdict.COVERED, 1.0, quote)


@st.composite
def quotes(draw: st.DrawFn) -> tuple[str, list[KeyPointResult]]:
    text = draw(st.text(min_size=1, max_size=40))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    spans = draw(st.lists(places.filter(lambda span: span[0] < span[1]), max_size=5))
    return text, [quoted(n, *span, text) for n, span in enumerate(spans, start=1)]


@given(quotes())
def test_each_character_belongs_to_every_quote_around_it_and_none_is_lost(
    made: tuple[str, list[KeyPointResult]],
) -> None:
    text, points = made
    pieces = cut(text, points)
    assert "".join(piece.text for piece in pieces) == text
    at = 0
    begun: list[str] = []
    for piece in pieces:
        for place in range(at, at + len(piece.text)):
            around = {
                str(number)
                for number, point in enumerate(points, start=1)
                if point.evidence and point.evidence.start <= place < point.evidence.end
            }
            assert set(piece.inside) == around
        at += len(piece.text)
        begun += piece.starts
    assert sorted(begun) == sorted(str(number) for number, _ in enumerate(points, start=1))


def test_a_false_statement_inside_a_quote_is_marked_as_the_shorter_of_both() -> None:
    pieces = cut(TEXT, [quoted(1, 0, 13)], errors=[Finding("异地备份", "…")])
    (wrong,) = [piece for piece in pieces if "error" in piece.inside]
    assert (wrong.text, wrong.kind, set(wrong.inside)) == ("异地备份", "error", {"1", "error"})


def test_slots_keep_their_numbers_whatever_order_verdicts_come_in() -> None:
    answer = Answer(seq=3, at=datetime.now(UTC), position=1, attempt=1, step=0, text=TEXT, key="k")
    points = CHINESE[0].key_points
    card = filling_card(answer, points, [quoted(3, 9, 13)])
    assert card.state is CardState.GRADING
    assert [slot.result is not None for slot in card.slots] == [False, False, True, False]
    (marked,) = [piece for piece in card.pieces if piece.inside]
    assert (marked.text, marked.inside) == ("异地备份", ("3",))
