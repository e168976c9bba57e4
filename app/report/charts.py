"""Charts as inline SVG: no script, colours from the page's style sheet, text for screen readers.

Each function returns markup that is safe to put into a page: numbers are formatted here, and
labels are escaped.
"""

import math
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

TOP = 10.0
LEAST_AXES, MOST_AXES = 3, 8

_RADAR_WIDTH, _RADAR_HEIGHT = 460, 330
_RADIUS = 110
_LABEL_CELLS = 16

_WIDTH, _HEIGHT = 460, 200
_LEFT, _RIGHT, _UP, _DOWN = 30, 14, 12, 30

_ROW, _BAR_LEFT, _BAR_WIDTH = 30, 170, 230


@dataclass(frozen=True, slots=True)
class Axis:
    """A topic with its mean now and before, 0 to 10, None where there is none."""

    label: str
    now: float | None
    before: float | None = None


def topic_chart(axes: Sequence[Axis], title: str) -> Markup:
    """A radar for three topics or more, the first eight; bars for fewer."""
    known = [axis for axis in axes if axis.now is not None]
    if len(known) < LEAST_AXES:
        return bars(known, title)
    return radar(known[:MOST_AXES], title)


def radar(axes: Sequence[Axis], title: str) -> Markup:
    """One axis a topic from the centre (0) to the rim (10); before as a dashed outline."""
    middle_x, middle_y = _RADAR_WIDTH / 2, _RADAR_HEIGHT / 2
    turns = [2 * math.pi * place / len(axes) - math.pi / 2 for place in range(len(axes))]

    def at(place: int, value: float) -> tuple[float, float]:
        distance = _RADIUS * min(max(value / TOP, 0.0), 1.0)
        return (
            middle_x + distance * math.cos(turns[place]),
            middle_y + distance * math.sin(turns[place]),
        )

    def outline(values: Sequence[float], kind: str) -> Markup:
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in map(at, range(len(values)), values))
        return Markup('<polygon class="{}" points="{}"/>').format(kind, points)

    rings = [outline([ring] * len(axes), "grid ring") for ring in (2.5, 5.0, 7.5, TOP)]
    parts: list[Markup] = [*rings]
    for place, axis in enumerate(axes):
        x, y = at(place, TOP)
        parts.append(
            Markup('<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
                _n(middle_x), _n(middle_y), _n(x), _n(y)
            )
        )
        parts.append(_radar_label(axis, turns[place], middle_x, middle_y))
    if all(axis.before is not None for axis in axes):
        parts.append(outline([axis.before or 0.0 for axis in axes], "before"))
    parts.append(outline([axis.now or 0.0 for axis in axes], "area"))
    for place, axis in enumerate(axes):
        x, y = at(place, axis.now or 0.0)
        parts.append(_dot(x, y, f"{axis.label}: {axis.now}"))
    told = _told((axis.label, axis.now) for axis in axes)
    return _svg(_RADAR_WIDTH, _RADAR_HEIGHT, title, told, Markup("").join(parts))


def bars(axes: Sequence[Axis], title: str) -> Markup:
    """One bar a topic, 0 to 10; a tick marks the mean before."""
    parts: list[Markup] = []
    for place, axis in enumerate(axes):
        y = _ROW * place + 10
        value = axis.now or 0.0
        parts.append(
            Markup(
                '<text class="label" x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="track" x="{}" y="{}" width="{}" height="14" rx="7"/>'
                '<rect class="fill" x="{}" y="{}" width="{}" height="14" rx="7"/>'
                '<text class="label" x="{}" y="{}">{}</text>'
            ).format(
                _BAR_LEFT - 12, y + 12, shortened(axis.label, 22),
                _BAR_LEFT, y, _BAR_WIDTH,
                _BAR_LEFT, y, _n(_BAR_WIDTH * value / TOP),
                _BAR_LEFT + _BAR_WIDTH + 10, y + 12, f"{value:.1f}",
            )
        )  # fmt: skip
        if axis.before is not None:
            x = _n(_BAR_LEFT + _BAR_WIDTH * axis.before / TOP)
            parts.append(
                Markup('<line class="then" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
                    x, y - 3, y + 17
                )
            )
    height = _ROW * max(len(axes), 1) + 6
    told = _told((axis.label, axis.now) for axis in axes)
    return _svg(_BAR_LEFT + _BAR_WIDTH + 60, height, title, told, Markup("").join(parts))


def trend_chart(points: Sequence[tuple[str, float]], title: str) -> Markup:
    """Means over time, 0 to 10, oldest first; the last one is this session."""
    room = _WIDTH - _LEFT - _RIGHT
    floor = _HEIGHT - _DOWN

    def x(place: int) -> float:
        return _LEFT + (room / 2 if len(points) == 1 else room * place / (len(points) - 1))

    def y(value: float) -> float:
        return floor - (floor - _UP) * min(max(value / TOP, 0.0), 1.0)

    parts = [
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{y}" y2="{y}"/>'
            '<text class="tick" x="{}" y="{t}" text-anchor="end">{v}</text>'
        ).format(_LEFT, _WIDTH - _RIGHT, _LEFT - 8, y=_n(y(value)), t=_n(y(value) + 4), v=value)
        for value in (0, 5, 10)
    ]
    line = " ".join(f"{_n(x(place))},{_n(y(value))}" for place, (_, value) in enumerate(points))
    parts.append(Markup('<polyline class="trace" points="{}"/>').format(line))
    step = max(1, math.ceil(len(points) / 5))
    for place, (label, value) in enumerate(points):
        parts.append(_dot(x(place), y(value), f"{label}: {value}", place == len(points) - 1))
        from_last = len(points) - 1 - place
        if from_last % step == 0:
            anchor = "end" if from_last == 0 and len(points) > 1 else "middle"
            parts.append(
                Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                    _n(x(place)), floor + 18, anchor, label
                )
            )
    return _svg(_WIDTH, _HEIGHT, title, _told(points), Markup("").join(parts))


def shortened(label: str, cells: int) -> str:
    """The label cut to a width, where a Chinese character takes two cells."""
    used = 0
    for place, sign in enumerate(label):
        used += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if used > cells:
            return label[: max(place - 1, 1)] + "…"
    return label


def _radar_label(axis: Axis, turn: float, middle_x: float, middle_y: float) -> Markup:
    across, down = math.cos(turn), math.sin(turn)
    anchor = "middle" if abs(across) < 0.3 else ("start" if across > 0 else "end")
    x, y = middle_x + (_RADIUS + 14) * across, middle_y + (_RADIUS + 16) * down
    return Markup(
        '<text class="label" x="{}" y="{}" text-anchor="{}">{}'
        '<tspan class="tick" x="{}" dy="14">{}</tspan></text>'
    ).format(
        _n(x), _n(y - 2), anchor, shortened(axis.label, _LABEL_CELLS), _n(x), f"{axis.now:.1f}"
    )


def _dot(x: float, y: float, title: str, solid: bool = True) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="4"><title>{}</title></circle>').format(
        "dot" if solid else "dot hollow", _n(x), _n(y), title
    )


def _svg(width: float, height: float, title: str, told: str, body: Markup) -> Markup:
    """The picture with its name, and its figures as text for who cannot see it."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
        'aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title>'
        '<desc id="{id}-d">{told}</desc>{body}</svg>'
    ).format(
        w=_n(width),
        h=_n(height),
        id=f"chart-{zlib.crc32((title + told).encode()):08x}",
        title=title,
        told=told,
        body=body,
    )


def _told(figures: Iterable[tuple[str, float | None]]) -> str:
    return "; ".join(f"{label} {value:.1f}" for label, value in figures if value is not None)


def _n(value: float) -> str:
    return f"{value:.1f}"
