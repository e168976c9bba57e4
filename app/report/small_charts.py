"""Charts as small as a word, beside a figure that says the same in text."""

from collections.abc import Sequence

from markupsafe import Markup

from app.report.charts import TOP

_WIDTH, _HEIGHT = 88, 22
_EDGE = 3
MOST_POINTS = 24


def sparkline(values: Sequence[float]) -> Markup:
    """The last values, 0 to 10, oldest first; hidden from screen readers."""
    values = values[-MOST_POINTS:]
    room, rise = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    places = [
        (
            _EDGE + (room * place / (len(values) - 1) if len(values) > 1 else room),
            _HEIGHT - _EDGE - rise * min(max(value / TOP, 0.0), 1.0),
        )
        for place, value in enumerate(values)
    ]
    if not places:
        return Markup("")
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true">'
        '<polyline class="trace" points="{line}"/><circle class="dot" cx="{x}" cy="{y}" r="2.5"/>'
        "</svg>"
    ).format(w=_WIDTH, h=_HEIGHT, line=line, x=f"{x:.1f}", y=f"{y:.1f}")


def shares(counts: Sequence[tuple[str, int]]) -> Markup:
    """A bar cut by counts, each part of a class `fill-NAME`; hidden from screen readers."""
    total = sum(count for _, count in counts) or 1
    parts, x = Markup(""), 0.0
    for name, count in counts:
        width = 100 * count / total
        if count:
            parts += Markup('<rect class="fill-{}" x="{}" width="{}" height="8"/>').format(
                name, f"{x:.2f}", f"{width:.2f}"
            )
        x += width
    return Markup(
        '<svg class="shares" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        "{}</svg>"
    ).format(parts)
