"""The picture of benchmarks/alarms.py as SVG, without a library: false alarms (square-root scale) across, anomalies found upwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 860, 430, 70, 40, 250, 60
COLOURS = ("#c2185b", "#5c6bc0", "#00897b", "#ef6c00", "#757575")
TICKS = (0, 0.5, 1, 2, 5, 10, 20, 30)
MOST = 30.0


def draw(path: Path, curves: Mapping[str, Sequence[Mapping[str, Any]]], marked: Mapping[tuple[str, float], tuple[float, int]],
         windows: int, limit: float) -> None:
    """Write the curves (best found at each number of false alarms), the published points and the limit."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', *_frame(windows, limit)]
    for place, (name, points) in enumerate(curves.items()):
        colour, thick = COLOURS[place % len(COLOURS)], 3.5 if place == 0 else 1.8
        steps = _steps(points, windows, 5 - 3 * place)
        parts.append(f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="{thick}"/>')
        for (rule, threshold), (false, found) in marked.items():
            if rule == name:
                spot = f'cx="{_x(false):.1f}" cy="{_y(found, windows) + 5 - 3 * place:.1f}"'
                parts.append(f'<circle {spot} r="5" fill="{colour}"><title>{escape(rule)} at {threshold:g}</title></circle>')
        parts.append(_text(WIDTH - RIGHT + 38, TOP + 24 + 24 * place, escape(name)))
        parts.append(f'<line x1="{WIDTH - RIGHT + 10}" x2="{WIDTH - RIGHT + 32}" y1="{TOP + 20 + 24 * place}" '
                     f'y2="{TOP + 20 + 24 * place}" stroke="{colour}" stroke-width="{thick}"/>')
    parts.append(_text(WIDTH - RIGHT + 10, TOP + 24 + 24 * len(curves) + 8, "● at the published threshold"))
    path.write_text("\n".join([*parts, "</svg>", ""]), "utf-8")


def _frame(windows: int, limit: float) -> list[str]:
    low, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    lines = [f'<rect x="{_x(0):.1f}" y="{TOP - 10}" width="{_x(limit) - _x(0):.1f}" height="{low - TOP + 10}" fill="#f3f6ea"/>',
             _text(LEFT, TOP - 18, f"allowed: at most {limit:g} false alarm a month and series")]
    for tick in TICKS:
        lines += [f'<line x1="{_x(tick):.1f}" x2="{_x(tick):.1f}" y1="{low}" y2="{low + 5}" stroke="#333"/>',
                  _text(_x(tick), low + 20, f"{tick:g}", "middle")]
    for found in range(windows + 1):
        lines += [f'<line x1="{LEFT}" x2="{right}" y1="{_y(found, windows):.1f}" y2="{_y(found, windows):.1f}" stroke="#ddd"/>',
                  _text(LEFT - 8, _y(found, windows) + 4, str(found), "end")]
    middle = (TOP + low) / 2
    return [*lines, _text((LEFT + right) / 2, HEIGHT - 14, "false alarm episodes a month and series", "middle"),
            f'<text x="22" y="{middle}" text-anchor="middle" transform="rotate(-90 22 {middle})">labelled anomalies found</text>',
            f'<polyline points="{LEFT},{TOP - 10} {LEFT},{low} {right},{low}" fill="none" stroke="#333"/>']


def _steps(points: Sequence[Mapping[str, Any]], windows: int, shift: float) -> str:
    """The staircase of the most found at each number of false alarms; `shift` keeps curves apart that lie on each other."""
    corners, most = [(0.0, 0)], 0
    for point in sorted(points, key=lambda p: (p["false_a_month"], p["found"])):
        if point["found"] > most:
            corners += [(point["false_a_month"], most), (point["false_a_month"], point["found"])]
            most = point["found"]
    return " ".join(f"{_x(false):.1f},{_y(found, windows) + shift:.1f}" for false, found in [*corners, (MOST, most)])


def _x(false: float) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * sqrt(min(false, MOST) / MOST)


def _y(found: float, windows: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * found / max(windows, 1)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
