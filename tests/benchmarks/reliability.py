"""A reliability diagram as SVG: confidence to the right, the share that is right upwards; on the diagonal is honest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from tests.benchmarks.metrics import Bin

SIZE, LEFT, TOP, LEGEND = 400, 50, 20, 150
# After Okabe and Ito: told apart with every kind of colour sight.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


def diagram(curves: Mapping[str, Sequence[Bin]]) -> str:
    """Return the picture; a line per set."""
    width, height = LEFT + SIZE + LEGEND, TOP + SIZE + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(_grid(step) for step in STEPS),
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="4"/>',
        *(_curve(number, name, bins) for number, (name, bins) in enumerate(curves.items())),
        f'<text x="{_x(0.5)}" y="{height - 8}" text-anchor="middle">confidence</text>',
        f'<text transform="translate(14 {_y(0.5)}) rotate(-90)" text-anchor="middle">first hit is right</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(step: float) -> str:
    lines = f"M{_x(step)} {_y(0)}V{_y(1)}M{_x(0)} {_y(step)}H{_x(1)}"
    return (
        f'<path d="{lines}" stroke="#ddd"/><text x="{_x(step)}" y="{_y(0) + 16}" text-anchor="middle">{step:g}</text>'
        f'<text x="{_x(0) - 6}" y="{_y(step) + 4}" text-anchor="end">{step:g}</text>'
    )


def _curve(number: int, name: str, bins: Sequence[Bin]) -> str:
    colour, beside = COLOURS[number % len(COLOURS)], TOP + 20 + 20 * number
    points = [(_x(each.confidence), _y(each.right)) for each in bins]
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'
        f'<text x="{_x(1) + 12}" y="{beside}" fill="{colour}">{escape(name)}</text>'
    )


def _x(share: float) -> float:
    return round(LEFT + share * SIZE, 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * SIZE, 1)
