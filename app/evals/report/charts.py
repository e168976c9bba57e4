"""Charts as inline SVG: no script, colours from the page's style sheet, text for screen readers.

Each function returns markup that is safe to put into a page: numbers are formatted here, and
labels are escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

SIZE = 380
_LEFT, _TOP, _RIGHT = 44, 8, 8
_FRAME = SIZE - _LEFT - _RIGHT
_INSET = 16
"""Room for a point at the very edge of the scale."""
_PLOT = _FRAME - 2 * _INSET
_SCORES = 11

_ROW = 26
_LABELS = 150
_TRACK = 330
_COUNTS = 60


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a reliability plot; `stated` and `right` are shares, `n` what it stands for."""

    stated: float
    right: float
    n: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Mean marks and mean scores of one slice, 0 to 10, None where there are none."""

    label: str
    human: float | None
    given: float | None
    n: int


def score_chart(grid: Sequence[Sequence[int]], title: str, across: str, up: str) -> Markup:
    """Bubbles on an 11 by 11 grid: marks across, scores up; the diagonal is agreement."""
    most = max((count for row in grid for count in row), default=0)
    step = _PLOT / (_SCORES - 1)
    bubbles = Markup("").join(
        Markup('<circle class="bubble" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
            _round(_x(human / (_SCORES - 1))),
            _round(_y(given / (_SCORES - 1))),
            _round(2.5 + (step * 0.55 - 2.5) * (count / most) ** 0.5),
            f"{up} {given}, {across} {human}: {count}",
        )
        for human, row in enumerate(grid)
        for given, count in enumerate(row)
        if count
    )
    ticks = [(value / 10, str(value)) for value in range(0, 11, 2)]
    return _square(title, _axes(ticks, across, up) + _diagonal() + bubbles)


def reliability_chart(dots: Sequence[Dot], title: str, across: str, up: str) -> Markup:
    """Stated against right, the size of a point by how much it stands for."""
    most = max((dot.n for dot in dots), default=0)
    places = [(_x(dot.stated), _y(dot.right), dot) for dot in dots]
    line = " ".join(f"{_round(x)},{_round(y)}" for x, y, _ in places)
    marks = Markup("").join(
        Markup('<circle class="bubble" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
            _round(x),
            _round(y),
            _round(3 + 9 * (dot.n / most) ** 0.5),
            f"{dot.stated:.2f} → {dot.right:.2f} ({dot.n})",
        )
        for x, y, dot in places
    )
    ticks = [(value / 4, f"{value / 4:g}") for value in range(5)]
    path = Markup('<polyline class="trace" points="{}"/>').format(line) if len(dots) > 1 else ""
    return _square(title, _axes(ticks, across, up) + _diagonal() + path + marks)


def pairs_chart(pairs: Sequence[Pair], title: str, human: str, given: str) -> Markup:
    """For each slice a line from the mean mark to the mean score, 0 to 10."""
    height = _ROW * len(pairs) + 46
    width = _LABELS + _TRACK + _COUNTS
    rows = Markup("").join(_pair_row(pair, place) for place, pair in enumerate(pairs))
    floor = _ROW * len(pairs) + 6
    ticks = Markup("").join(
        Markup(
            '<line class="grid" x1="{0}" x2="{0}" y1="4" y2="{1}"/>'
            '<text class="tick" x="{0}" y="{2}" text-anchor="middle">{3}</text>'
        ).format(_round(_at(value)), floor, floor + 14, value)
        for value in range(0, 11, 2)
    )
    legend = Markup(
        '<circle class="hollow" cx="{}" cy="{}" r="5"/><text class="tick" x="{}" y="{}">{}</text>'
        '<circle class="bubble solid" cx="{}" cy="{}" r="5"/>'
        '<text class="tick" x="{}" y="{}">{}</text>'
    ).format(
        _LABELS, floor + 30, _LABELS + 10, floor + 34, human,
        _LABELS + 130, floor + 30, _LABELS + 140, floor + 34, given,
    )  # fmt: skip
    return _svg(width, height, title, ticks + rows + legend)


def interval_bar(value: float, low: float | None, high: float | None, top: float) -> Markup:
    """A small line for a figure and its interval on a scale from 0 to `top`."""

    def at(number: float) -> str:
        return _round(4 + 112 * min(max(number / top, 0.0), 1.0))

    span = (
        Markup('<line class="span" x1="{}" x2="{}" y1="7" y2="7"/>').format(at(low), at(high))
        if low is not None and high is not None
        else Markup("")
    )
    return Markup(
        '<svg class="bar" viewBox="0 0 120 14" width="120" height="14" aria-hidden="true">'
        '<line class="grid" x1="4" x2="116" y1="7" y2="7"/>{}'
        '<circle class="bubble solid" cx="{}" cy="7" r="3.5"/></svg>'
    ).format(span, at(value))


def _pair_row(pair: Pair, place: int) -> Markup:
    y = _ROW * place + 18
    label = pair.label if len(pair.label) <= 18 else pair.label[:17] + "…"
    parts = [
        Markup('<text class="label" x="{}" y="{}" text-anchor="end">{}</text>').format(
            _LABELS - 14, y + 4, label
        ),
        Markup('<text class="tick" x="{}" y="{}">n={}</text>').format(
            _LABELS + _TRACK + 12, y + 4, pair.n
        ),
    ]
    if pair.human is not None and pair.given is not None:
        parts.append(
            Markup('<line class="span" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                _round(_at(pair.human)), _round(_at(pair.given)), y, y
            )
        )
    for kind, value in (("hollow", pair.human), ("bubble solid", pair.given)):
        if value is not None:
            parts.append(
                Markup(
                    '<circle class="{}" cx="{}" cy="{}" r="5"><title>{}</title></circle>'
                ).format(kind, _round(_at(value)), y, f"{pair.label}: {value:.2f}")
            )
    return Markup("").join(parts)


def _x(share: float) -> float:
    return _LEFT + _INSET + share * _PLOT


def _y(share: float) -> float:
    return _TOP + _FRAME - _INSET - share * _PLOT


def _at(score: float) -> float:
    return _LABELS + score / 10 * _TRACK


def _axes(ticks: Sequence[tuple[float, str]], across: str, up: str) -> Markup:
    floor = _TOP + _FRAME
    parts = []
    for share, text in ticks:
        x, y = _round(_x(share)), _round(_y(share))
        parts.append(
            Markup(
                '<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{floor}"/>'
                '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
                '<text class="tick" x="{x}" y="{below}" text-anchor="middle">{text}</text>'
                '<text class="tick" x="{beside}" y="{middle}" text-anchor="end">{text}</text>'
            ).format(
                x=x,
                y=y,
                top=_TOP,
                floor=floor,
                left=_LEFT,
                right=_LEFT + _FRAME,
                below=floor + 16,
                beside=_LEFT - 8,
                middle=_round(float(y) + 4),
                text=text,
            )
        )
    parts.append(
        Markup(
            '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
            '<text class="axis" transform="translate(11 {}) rotate(-90)" text-anchor="middle">{}'
            "</text>"
        ).format(_LEFT + _FRAME / 2, SIZE - 4, across, _TOP + _FRAME / 2, up)
    )
    return Markup("").join(parts)


def _diagonal() -> Markup:
    return Markup('<line class="diagonal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        *map(_round, (_x(0), _y(0), _x(1), _y(1)))
    )


def _square(title: str, body: Markup) -> Markup:
    return _svg(SIZE, SIZE, title, body)


def _svg(width: float, height: float, title: str, body: Markup) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {w} {h}" role="img" aria-label="{title}" '
        'style="max-width:{w}px">{body}</svg>'
    ).format(w=width, h=height, title=escape(title), body=body)


def _round(value: float) -> str:
    return f"{value:.1f}"
