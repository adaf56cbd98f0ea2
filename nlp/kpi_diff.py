"""What a pipeline version would do to the numbers: each bank's under two versions, with differences and 95 % intervals.

MartModels of both ──► one row an author, bank and week ──► share of voice, net sentiment, negative share, complaints, cases opened

Values and definitions are the marts' (docs/metrics.md). The interval of a difference takes authors as clusters: both versions read the same
posts, so an author's contribution is the difference of the two linearised ones, Σ z² · m/(m−1) over m authors; equal labels give exactly 0 ± 0.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from nlp.intervals import Z, wilson
from nlp.mart_models import MartModels

COLUMNS = ("mentions", "positive", "neutral", "negative", "complaints", "cases")
SIDES = 2
KPIS = ("share_of_voice", "net_sentiment", "negative_share", "complaints", "cases_opened")
Floats = npt.NDArray[np.float64]
Key = tuple[str, date, str]  # bank, Monday of the ISO week, author
Counts = dict[Key, Floats]  # (2, 6): both versions' COLUMNS
_COUNTED = """
select bank_id, date_trunc('week', day)::date, author_key, sum(mentions), sum(positive), sum(neutral), sum(negative), sum(complaints), sum(cases)
from (
    select brand.bank_id, brand.event_day as day, brand.author_key, 1 as mentions, (brand.sentiment = 'positive')::integer as positive,
        (brand.sentiment = 'neutral')::integer as neutral, (brand.sentiment = 'negative')::integer as negative,
        (not mentions.is_bare_repost and 'complaint' = any(mentions.intents))::integer as complaints, 0 as cases
    from {brand_mentions} as brand inner join {mentions} as mentions on brand.mention_id = mentions.mention_id
    where not brand.is_official
    union all
    select bank_id, opened_day, md5(platform || chr(31) || site || chr(31) || author_id), 0, 0, 0, 0, 0, 1
    from {cases}
) as counted
where day >= %s
group by 1, 2, 3"""


@dataclass(frozen=True)
class Kpi:
    """One number of one bank in one week (None: all weeks together) under both versions; percentages, or counts. None where n < min_n."""

    bank_id: str
    week: date | None
    kpi: str
    active: float | None
    active_interval: tuple[float, float] | None
    shadow: float | None
    shadow_interval: tuple[float, float] | None
    difference: float | None
    interval: tuple[float, float] | None


def kpi_rows(connection: psycopg.Connection[Any], active: MartModels, shadow: MartModels, weeks: int) -> list[Kpi]:
    """Every KPI of every bank that either version mentions, over the last `weeks` ISO weeks (that of "now" is the last) and week by week."""
    row = connection.execute(f"select as_of at time zone timezone, min_n from {active.ref('stg_settings')}".encode()).fetchone()
    assert row
    today, min_n = row[0].date(), int(row[1])
    first = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    in_voice = {
        found[0]
        for found in connection.execute(f"select bank_id from {active.ref('dim_bank')} where is_in_share_of_voice".encode())
    }
    counts: Counts = defaultdict(lambda: np.zeros((SIDES, len(COLUMNS))))
    for side, models in enumerate((active, shadow)):
        for bank, week, author, *numbers in _counted(connection, models, first):
            counts[bank, week, author][side] += np.array(numbers, float)
    periods = [None, *sorted({week for _, week, _ in counts})]
    return [kpi for week in periods for kpi in _period(counts, week, in_voice, min_n)]


def _counted(connection: psycopg.Connection[Any], models: MartModels, first: date) -> Iterable[tuple[Any, ...]]:
    query = _COUNTED.format(
        brand_mentions=models.ref("fct_brand_mentions"), mentions=models.ref("fct_mentions"), cases=models.ref("int_cases")
    )
    return connection.execute(query.encode(), [first])


def _period(counts: Counts, week: date | None, in_voice: set[str], min_n: int) -> Iterable[Kpi]:
    """The KPIs of one period: authors are rows, banks apart and, for the share of voice, its set together."""
    authors: dict[str, dict[str, Floats]] = defaultdict(lambda: defaultdict(lambda: np.zeros((SIDES, len(COLUMNS)))))
    voice: dict[str, Floats] = defaultdict(lambda: np.zeros(SIDES))
    for (bank, monday, author), numbers in counts.items():
        if week is None or monday == week:
            authors[bank][author] = authors[bank][author] + numbers
            if bank in in_voice:
                voice[author] = voice[author] + numbers[:, 0]
    for bank, rows in sorted(authors.items()):
        table = np.array([rows[author] for author in sorted(rows)])  # (authors, 2, 6)
        if bank in in_voice:
            own = np.array([rows[author][:, 0] if author in rows else np.zeros(SIDES) for author in sorted(voice)])
            yield _ratio(bank, week, "share_of_voice", own, np.array([voice[author] for author in sorted(voice)]), min_n, _wilson)
        rated = table[:, :, 1] + table[:, :, 2] + table[:, :, 3]
        yield _ratio(bank, week, "net_sentiment", table[:, :, 1] - table[:, :, 3], rated, min_n, _clustered)
        yield _ratio(bank, week, "negative_share", table[:, :, 3], rated, min_n, _wilson)
        yield _count(bank, week, "complaints", table[:, :, 4])
        yield _count(bank, week, "cases_opened", table[:, :, 5])


Interval = Callable[[Floats, Floats], tuple[float, float] | None]


def _ratio(bank: str, week: date | None, kpi: str, parts: Floats, wholes: Floats, min_n: int, interval: Interval) -> Kpi:
    """100·Σparts/Σwholes of both versions; `parts` and `wholes` are (authors, 2)."""
    totals = wholes.sum(axis=0)
    shown = [bool(total >= min_n and total > 0) for total in totals]
    values = [100 * float(parts[:, s].sum() / totals[s]) if shown[s] else None for s in range(SIDES)]
    intervals = [interval(parts[:, s], wholes[:, s]) if shown[s] else None for s in range(SIDES)]
    if values[0] is None or values[1] is None:
        return Kpi(bank, week, kpi, values[0], intervals[0], values[1], intervals[1], None, None)
    linear = 100 * (parts - parts.sum(axis=0) / totals * wholes) / totals
    difference, margin = values[1] - values[0], _margin(linear[:, 1] - linear[:, 0])
    return Kpi(
        bank, week, kpi, values[0], intervals[0], values[1], intervals[1], difference, (difference - margin, difference + margin)
    )


def _count(bank: str, week: date | None, kpi: str, numbers: Floats) -> Kpi:
    """Totals of both versions; `numbers` is (authors, 2)."""
    totals = numbers.sum(axis=0)
    change = numbers[:, 1] - numbers[:, 0]
    margin = _margin(change - change.mean())
    difference = float(change.sum())
    return Kpi(
        bank, week, kpi, float(totals[0]), None, float(totals[1]), None, difference, (difference - margin, difference + margin)
    )


def _margin(residuals: Floats) -> float:
    """Half the 95 % interval of a sum over m authors as clusters."""
    m = len(residuals)
    return Z * math.sqrt(m / (m - 1) * float((residuals**2).sum())) if m > 1 else 0.0


def _wilson(parts: Floats, wholes: Floats) -> tuple[float, float] | None:
    found = wilson(float(parts.sum() / wholes.sum()), float(wholes.sum()))
    return (100 * found[0], 100 * found[1]) if found else None


def _clustered(parts: Floats, wholes: Floats) -> tuple[float, float] | None:
    """As net_sentiment_lower and _upper of the marts: none with a single author, or where all items agree."""
    total = float(wholes.sum())
    value = float(parts.sum()) / total
    residuals = (parts - value * wholes) / total
    if int((wholes > 0).sum()) < 2 or not residuals.any():
        return None
    counted = residuals[wholes > 0]
    margin = _margin(counted)
    return max(-100.0, 100 * (value - margin)), min(100.0, 100 * (value + margin))


def changed(rows: Sequence[Kpi]) -> list[Kpi]:
    """Those that differ, or that only one version shows."""
    return [row for row in rows if row.active != row.shadow]
