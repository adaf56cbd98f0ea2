"""The digest's charts, drawn without a browser: altair says what, vl-convert draws it, as SVG for a page and as PNG for a PDF.

Labels are words that are ready to read (days, names); only axes of numbers are left to the drawing, with the reader's number format.
A PDF takes pictures, since weasyprint draws the text of an SVG letter by letter, which breaks Arabic.
"""

from __future__ import annotations

import base64
import unicodedata
from typing import Any, Literal

from delivery import words
from delivery.digest.facts import Facts, Topic

WIDTH, HEIGHT, LABEL = 330, 165, 10  # pixels, names and axes within
INK, OURS, OTHERS, BAND, BAD = "#1f2d3d", "#1f6fb2", "#b9c4d0", "#1f6fb2", "#c0392b"
FONT = "'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"


def all_charts(facts: Facts, language: str | None, kind: Literal["svg", "png"] = "svg") -> dict[str, str]:
    """Name → mark-up; a chart without anything to show is left out."""
    made = {"volume": volume(facts, language) if facts.days else None,
            "net_sentiment": net_sentiment(facts, language) if any(day.net is not None for day in facts.days) else None,
            "share_of_voice": share_of_voice(facts, language) if facts.shares else None,
            "topics": topics(facts, language) if facts.topics else None}
    return {name: drawn(chart, language, kind) for name, chart in made.items() if chart is not None}


def drawn(chart: Any, language: str | None, kind: Literal["svg", "png"]) -> str:
    """A chart as mark-up, marked as decoration: the same numbers stand in the page's words and tables."""
    import vl_convert

    said, numbers = chart.to_dict(), _number_format(language)
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(said, format_locale=numbers)).replace("<svg ", '<svg role="img" aria-hidden="true" ', 1)
    said["background"] = "white"  # readers of PDF scale transparent black into the edges: pale grids came out dark
    picture = base64.b64encode(vl_convert.vegalite_to_png(said, scale=3, format_locale=numbers)).decode()
    return f'<img alt="" src="data:image/png;base64,{picture}">'


def volume(facts: Facts, language: str | None) -> Any:
    """Mentions a day."""
    import altair as alt

    rows = [{"day": _weekday(day.day, language), "n": day.mentions} for day in facts.days]
    bars = _chart(rows).mark_bar(color=OURS).encode(
        x=_days(rows, language), y=alt.Y("n:Q", axis=_numbers(language, tickMinStep=1)))
    return _finished(bars, language)


def net_sentiment(facts: Facts, language: str | None) -> Any:
    """Net sentiment a day with its interval; days with too few mentions are gaps."""
    import altair as alt

    rows = [{"day": _weekday(day.day, language), "net": day.net, "lower": day.lower, "upper": day.upper} for day in facts.days]
    base = _chart(rows).encode(x=_days(rows, language))
    scale = alt.Scale(domain=[-100, 100])
    line = base.mark_rule(color=BAND, strokeWidth=6, opacity=0.3).encode(y=alt.Y("lower:Q", scale=scale), y2="upper:Q")
    dots = base.mark_point(color=OURS, filled=True, size=50).encode(y=alt.Y("net:Q", scale=scale, axis=_numbers(language, values=[-100, -50, 0, 50, 100])))
    zero = _chart([{"zero": 0}]).mark_rule(color=INK, strokeDash=[3, 3]).encode(y=alt.Y("zero:Q", scale=scale))
    return _finished(alt.layer(zero, line, dots), language)


def share_of_voice(facts: Facts, language: str | None) -> Any:
    """Share of voice of the bank and its competitors, with intervals."""
    import altair as alt

    rows = [{"bank": share.bank, "pct": share.pct, "lower": share.lower, "upper": share.upper, "ours": share.is_home} for share in facts.shares]
    base = _chart(rows).encode(y=_names([row["bank"] for row in rows], "bank", language))
    bars = base.mark_bar().encode(x=alt.X("pct:Q", scale=_across(language), axis=_numbers(language)),
                                  color=alt.condition("datum.ours", alt.value(OURS), alt.value(OTHERS)))
    whiskers = base.mark_rule(color=INK).encode(x=alt.X("lower:Q"), x2="upper:Q")
    return _finished(alt.layer(bars, whiskers), language)


def topics(facts: Facts, language: str | None) -> Any:
    """Mentions a topic, and how many of them were negative where that is shown."""
    import altair as alt

    rows = [{"topic": topic.name, "n": topic.mentions, "bad": _negative(topic)} for topic in facts.topics]
    base = _chart(rows).encode(y=_names([row["topic"] for row in rows], "topic", language))
    every = base.mark_bar(color=OTHERS).encode(x=alt.X("n:Q", scale=_across(language), axis=_numbers(language, tickMinStep=1)))
    return _finished(alt.layer(every, base.mark_bar(color=BAD).encode(x=alt.X("bad:Q"))), language)


def _chart(rows: list[dict[str, Any]]) -> Any:
    """A chart over these rows, which travel inside it."""
    import altair

    untyped: Any = altair
    return untyped.Chart(untyped.Data(values=rows))


def _negative(topic: Topic) -> float | None:
    """How many mentions were negative, None where the share is not shown."""
    return None if topic.negative_pct is None else topic.mentions * topic.negative_pct / 100


def _days(rows: list[dict[str, Any]], language: str | None) -> Any:
    import altair as alt

    order = [row["day"] for row in rows]
    return alt.X("day:O", sort=order[::-1] if words.is_right_to_left(language) else order, axis=alt.Axis(title=None, labelAngle=0, labelPadding=4))


def _names(order: list[Any], field: str, language: str | None) -> Any:
    import altair as alt

    side: Literal["right", "left"] = "right" if words.is_right_to_left(language) else "left"
    return alt.Y(f"{field}:N", sort=order, axis=alt.Axis(title=None, orient=side, labelLimit=170, ticks=False, labelPadding=6,
                                                                  minExtent=_least_width(order)))


def _least_width(names: list[Any]) -> int:
    """Pixels for the widest name in square letters: a machine without a Chinese font measures them too narrow, and the reader's screen has one."""
    return max((LABEL * sum(unicodedata.east_asian_width(letter) in "WF" for letter in str(name)) for name in names), default=0)


def _across(language: str | None) -> Any:
    import altair as alt

    return alt.Scale(reverse=words.is_right_to_left(language), nice=True)


def _numbers(language: str | None, **given: Any) -> Any:
    import altair as alt

    return alt.Axis(title=None, tickCount=5, grid=True, **given)


def font(language: str | None) -> str:
    """Families in the order in which letters are looked for: a Chinese one first for Chinese, or its letters come from any that has them."""
    return f"'Noto Sans CJK SC', {FONT}" if language == "zh" else FONT


def _finished(chart: Any, language: str | None) -> Any:
    """Everything at its last size: names that take room narrow the bars, instead of making the whole picture's letters smaller than the next one's."""
    import altair as alt

    fitted = alt.AutoSizeParams(type="fit", contains="padding")
    return (chart.properties(width=WIDTH, height=HEIGHT, background="transparent", autosize=fitted)
            .configure(font=font(language)).configure_view(stroke=None)
            .configure_axis(labelColor=INK, gridColor="#e6ebf0", domainColor="#b9c4d0", labelFontSize=LABEL))


def _weekday(day: Any, language: str | None) -> str:
    from babel.dates import format_date

    return str(format_date(day, "ccc", locale=words.locale(language)))


def _number_format(language: str | None) -> dict[str, Any]:
    """D3's description of the reader's number format."""
    signs = words.locale(language).number_symbols["latn"]
    return {"decimal": signs["decimal"], "thousands": signs["group"], "grouping": [3], "currency": ["", ""], "minus": "\u2212"}
