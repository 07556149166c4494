"""A picture of accuracy over the tokens it took: one point with its interval for each strategy, as SVG. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from .figures import Figures

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 62, 528, 58, 52
"""In pixels: of the picture, of both sides of the plot, above it, below it. The names stand on its right."""
HEIGHT_LEAST = 400
"""Pixels; many strategies need more."""
LINE = 38
"""Pixels from one name to the next, at least."""
COLOURS = ("#4c78a8", "#e8710a", "#2f9e6e", "#b05cc6", "#d64550", "#0b9fb5", "#a07a1f", "#7a7f87")
"""Each is told from white and from black by at least 3 to 1, as WCAG 2.2 demands of what is drawn."""
_STYLE = """
text { fill: #57606a; font: 13px system-ui, -apple-system, "Segoe UI", sans-serif }
.head { fill: #24292f; font-size: 16px; font-weight: 600 } .name { fill: #24292f; font-weight: 600 }
.small { font-size: 12px }
.paper { fill: #fff } .grid { stroke: #8b949e; stroke-opacity: .28 } .axis { stroke: #8b949e }
@media (prefers-color-scheme: dark) { text { fill: #9aa4af } .head, .name { fill: #e6edf3 } .paper { fill: #0d1117 } }
"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def picture(rows: Sequence[Figures], *, title: str, about: str = "") -> str:
    """Draw the figures.

    Args:
        title: What was compared on what.
        about: A line below it: the model, how many questions.
    """
    height = max(HEIGHT_LEAST, TOP + BOTTOM + LINE * len(rows) + 10)
    counted = "tokens written for a question" if any(row.written for row in rows) else "calls of the model, a question"
    xs = [row.written if any(one.written for one in rows) else row.calls for row in rows]
    x = _Scale(0, _nice(max(xs, default=1) * 1.08), LEFT, RIGHT)
    low, high = _span(rows)
    y = _Scale(low, high, height - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}: accuracy over {counted}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        f'<text class="head" x="{LEFT - 40}" y="26">{escape(title)}</text>',
        f'<text class="small" x="{LEFT - 40}" y="45">{escape(about)}</text>',
        *_axes(x, y, counted, height),
        *_points(rows, xs, x, y),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(x: _Scale, y: _Scale, counted: str, height: int) -> Iterator[str]:
    bottom = height - BOTTOM
    for value in _ticks(y.low, y.high, 6):
        at = y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
        yield f'<text class="small" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{value:.0%}</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    for value in _ticks(x.low, x.high, 6):
        yield f'<text class="small" x="{x(value):.1f}" y="{bottom + 18}" text-anchor="middle">{value:,g}</text>'
    yield f'<text class="small" x="{(LEFT + RIGHT) / 2:.1f}" y="{bottom + 38}" text-anchor="middle">{counted}</text>'


def _points(rows: Sequence[Figures], xs: Sequence[float], x: _Scale, y: _Scale) -> Iterator[str]:
    at = _beside([x(value) for value in xs])
    names_at = _spread([y(row.accuracy) for row in rows], y.end + 12, y.start - 16)
    for i, (row, value) in enumerate(zip(rows, xs, strict=True)):
        colour, cx, cy, name_y = COLOURS[i % len(COLOURS)], at[i], y(row.accuracy), names_at[i]
        told = f"{row.name}: {row.right} of {row.count} right, {row.low:.0%} to {row.high:.0%}"
        yield f'<g stroke="{colour}" fill="none"><title>{escape(told)}</title>'
        leader = f"M{cx + 9:.1f} {cy:.1f} L{RIGHT - 6} {name_y:.1f} H{RIGHT + 4}"
        yield f'<path d="{leader}" stroke-opacity=".45" stroke-dasharray="2 3"/>'
        bar = f"M{cx:.1f} {y(row.low):.1f} V{y(row.high):.1f}"
        caps = "".join(f" M{cx - 5:.1f} {y(end):.1f} h10" for end in (row.low, row.high))
        yield f'<path d="{bar}{caps}" stroke-width="2" stroke-opacity=".75"/>'
        yield f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="6" fill="{colour}" stroke="none"/>'
        yield f'<circle cx="{RIGHT + 14}" cy="{name_y - 3:.1f}" r="4" fill="{colour}" stroke="none"/></g>'
        yield f'<text class="name" x="{RIGHT + 25}" y="{name_y + 1:.1f}">{escape(_short(row.name))}</text>'
        yield f'<text class="small" x="{RIGHT + 25}" y="{name_y + 16:.1f}">{escape(_told(row, value))}</text>'


def _told(row: Figures, value: float) -> str:
    over = f", {100 * row.over_first.by:+.0f} points" if row.over_first else ""
    unit = "tokens" if row.tells_tokens else "calls"
    return f"{row.accuracy:.0%}{over}, {value:,.0f} {unit}"


def _short(name: str, most: int = 28) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _spread(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Places near the wanted ones, in their order, at least a line apart and between top and bottom."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [0.0] * len(wanted)
    least = top
    for rank, i in enumerate(order):
        most = bottom - LINE * (len(order) - 1 - rank)
        places[i] = max(least, min(wanted[i], most))
        least = places[i] + LINE
    return places


def _beside(wanted: Sequence[float]) -> list[float]:
    """Places of points, those that would cover one another moved a little to the right."""
    places: list[float] = []
    for place in wanted:
        while any(abs(place - other) < 13 for other in places):
            place += 2
        places.append(place)
    return places


def _span(rows: Sequence[Figures]) -> tuple[float, float]:
    """The part of 0 to 1 that shows every interval, in whole tenths."""
    low = floor(min((row.low for row in rows), default=0.0) * 10) / 10
    high = ceil(max((row.high for row in rows), default=1.0) * 10) / 10
    return max(0.0, min(low, high - 0.3)), min(1.0, max(high, low + 0.3))


def _nice(value: float) -> float:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= value)


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round values between two, at most so many steps."""
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough * 0.999)
    count = floor((high - low) / step + 1e-9)
    return [round(low + i * step, 10) for i in range(count + 1)]
