"""Text of banks as a page shows it: Markdown without HTML, pictures and foreign schemes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

LOWEST_HEADING = 3
"""Headings inside a text stand below those of its page."""


def to_html(text: str) -> Markup:
    """Safe markup: whatever is HTML in the text is shown as text."""
    return Markup(_renderer().render(text))  # noqa: S704 - html is off, so all text is escaped


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    made.disable(["image", "html_block", "html_inline"])
    made.add_render_rule("link_open", _link_open)
    made.add_render_rule("heading_open", _heading)
    made.add_render_rule("heading_close", _heading)
    made.core.ruler.push("no_style", _drop_styles)
    return made


def _drop_styles(state: StateCore) -> None:
    """Columns of tables are aligned by a style, which our pages do not allow."""
    for token in state.tokens:
        token.attrs.pop("style", None)


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    tokens[place].attrSet("rel", "noopener noreferrer nofollow")
    return self.renderToken(tokens, place, options, env)


def _heading(
    self: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[place]
    token.tag = f"h{min(int(token.tag[1:]) + LOWEST_HEADING - 1, 6)}"
    return self.renderToken(tokens, place, options, env)
