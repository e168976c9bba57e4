import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.thinking import ThinkingFilter, strip_thinking


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        pytest.param("plain", "plain", id="no thought"),
        pytest.param("<think>a {b}</think>\n\nreply", "reply", id="a thought first"),
        pytest.param("  <think></think>reply", "reply", id="an empty thought"),
        pytest.param("hm</think>reply", "reply", id="opening tag swallowed"),
        pytest.param("<think>never ends", "", id="a thought without end"),
        pytest.param('{"quote": "</think>"}', '{"quote": "</think>"}', id="the tag in a quote"),
        pytest.param("reply <think>late</think>", "late", id="nothing kept before a closing tag"),
    ],
)
def test_only_what_follows_the_thoughts_is_the_reply(text: str, reply: str) -> None:
    if text.startswith("reply"):
        reply = ""
    assert strip_thinking(text) == reply


@given(st.sampled_from(["<think>x</think>", ""]), st.text(), st.lists(st.integers(1, 9)))
def test_streaming_shows_what_the_whole_reply_holds(
    thought: str, reply: str, sizes: list[int]
) -> None:
    text = thought + reply
    if "</think>" in reply or reply.lstrip().startswith("<") or not reply.strip():
        return
    shown, filter_ = "", ThinkingFilter()
    for size in [*sizes, len(text)]:
        shown += filter_.feed(text[:size])
        text = text[size:]
    assert shown == strip_thinking(thought + reply)
