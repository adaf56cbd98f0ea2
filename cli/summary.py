"""The readable end of `renown run`: what came in, what the marts say, what was checked, where each thing can be opened.

Every number is read from the marts (or the ledgers), never computed here, so that the summary and a BI tool agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from cli.up import print_addresses
from cli.warehouse import open_warehouse
from settings import RenownError, load_settings
from warehouse.connection import connect

MATRIX = """
select platform, count(*) as all_languages, {} from marts.fct_mentions group by rollup (platform) order by platform nulls last
"""
BANKS = """
with voice as (
    select distinct on (bank_id) * from marts.mart_share_of_voice
    where platform = 'all' and period_type = 'month' and share_of_voice_pct is not null order by bank_id, period_start desc
), care as (
    select distinct on (bank_id) * from marts.mart_customer_care
    where platform = 'all' and period_type = 'month' and response_rate_pct is not null order by bank_id, period_start desc
), mood as (
    select distinct on (bank_id) * from marts.mart_reputation_daily
    where platform = 'all' and language = 'all' and country = 'all' and net_sentiment is not null order by bank_id, event_day desc
), volume as (
    select bank_id, sum(mention_count) as mention_count from marts.mart_reputation_daily
    where platform = 'all' and language = 'all' and country = 'all' group by bank_id
)
select b.name || case when b.is_home then ' (ours)' else '' end, v.mention_count,
       s.share_of_voice_pct, s.share_of_voice_pct_lower, s.share_of_voice_pct_upper, s.period_start,
       m.net_sentiment, m.net_sentiment_lower, m.net_sentiment_upper, m.event_day,
       c.response_rate_pct, c.response_rate_pct_lower, c.response_rate_pct_upper, c.first_response_seconds_median
from marts.dim_bank b left join volume v using (bank_id) left join voice s using (bank_id) left join mood m using (bank_id)
left join care c using (bank_id) order by b.is_home desc, v.mention_count desc nulls last
"""
CRISIS = """
select bank_id, started_at, ended_at, peak_severity, leading_topic_id, mention_count, peak_negative_share
from marts.mart_crisis_episodes where peak_severity >= 3 order by started_at
"""
ALERTS = "select severity, kind, title, status, started_at from ops.alerts where kind <> 'drill' order by severity desc, started_at, alert_id"
SHOWN_ALERTS = 3
CHECKS = """
select layer, count(*), count(*) filter (where success), count(*) filter (where not success and severity = 'row')
from quality.results
where (layer, run_id) in (select distinct on (layer) layer, run_id from quality.results order by layer, ran_at desc)
group by layer order by array_position(array['raw', 'core', 'nlp', 'marts'], layer)
"""


def print_summary(home: Path) -> None:
    """Print the summary of the marts to stdout (the embedded server is started where it holds them and is down)."""
    console = Console(width=120, soft_wrap=False, highlight=False)
    with open_warehouse(home) as url, connect(url) as connection:
        _mentions(connection, console)
        _banks(connection, console)
        _crises(connection, console)
        _checks(connection, console)
        _deliveries(connection, console)
        _alerts(connection, home, console)
        connection.rollback()
        _report(connection, home, console)
    print_addresses(home)
    console.print("\nAirflow and the sandbox are up while 'make up' runs them; 'renown sql \"…\"' asks the warehouse at any time.")


def _mentions(connection: psycopg.Connection, console: Console) -> None:
    languages = [row[0] for row in connection.execute(
        "select language from marts.fct_mentions group by language order by count(*) desc, language")]
    columns = ", ".join(f"count(*) filter (where language = '{code}')" for code in languages if code.isalpha())
    table = Table("platform", "mentions", *[code for code in languages if code.isalpha()], title="Mentions", title_justify="left")
    for platform, *counts in connection.execute(MATRIX.format(columns).encode()):
        table.add_row(platform or "all", *(f"{count:,}" for count in counts), end_section=False)
    console.print(table)


def _banks(connection: psycopg.Connection, console: Console) -> None:
    table = Table("bank", "mentions", "share of voice %\n(latest month)", "net sentiment\n(latest day with enough)",
                  "response rate % in window\n(latest month)", "median first\nresponse", title="Banks, with 95 % intervals",
                  title_justify="left")
    for row in connection.execute(BANKS):
        table.add_row(row[0], f"{row[1] or 0:,}", f"{_interval(row[2:5])}\n{_day(row[5])}", f"{_interval(row[6:9])}\n{_day(row[9])}",
                      _interval(row[10:13]), _duration(row[13]))
    console.print(table)


def _crises(connection: psycopg.Connection, console: Console) -> None:
    rows = connection.execute(CRISIS).fetchall()
    for bank, start, end, severity, series, mentions, negative in rows:
        console.print(f"Crisis: {bank}, severity {severity} of 5, from {start:%Y-%m-%d %H:%M} UTC to {end:%Y-%m-%d %H:%M}, "
                      f"topic {series or '-'}: {mentions:,} mentions" + ("" if negative is None else f", {100 * negative:.0f} % negative at the peak hour"))
    if not rows:
        console.print("Crisis: none above severity 2")


def _checks(connection: psycopg.Connection, console: Console) -> None:
    parts = [f"{layer} {passed}/{total}" + (f" ({held} row rules hold rows back)" if held else "")
             for layer, total, passed, held in connection.execute(CHECKS)]
    row = connection.execute("select count(*) filter (where released_at is null) from quality.quarantine").fetchone()
    console.print(f"Checks passed: {', '.join(parts) or 'none ran'}; rows in quarantine: {row[0] if row else 0}")


def _deliveries(connection: psycopg.Connection, console: Console) -> None:
    for name, status, file, rows in connection.execute(
            "select subscription_id, status, file_name, coalesce(row_count, 0) from ops.deliveries order by 1, window_end, issue"):
        console.print(f"Delivered: {name}: {status}, {rows:,} rows, {file}")


def _alerts(connection: psycopg.Connection, home: Path, console: Console) -> None:
    """What somebody on duty was told, the gravest first, and where the messages lie."""
    rows = connection.execute(ALERTS).fetchall()
    for severity, kind, title, status, at in rows[:SHOWN_ALERTS]:
        console.print(f"Alert: [{severity}/5] {title} ({kind} since {at:%Y-%m-%d %H:%M} UTC, {status})", markup=False, soft_wrap=True)
    more = f" and {len(rows) - SHOWN_ALERTS} more" if len(rows) > SHOWN_ALERTS else ""
    folder = load_settings(home=home).oncall.folder
    if folder and (home / folder).is_dir():
        console.print(f"Alerts: these{more}, as they were told, in {home / folder}; 'renown alerts list --all' shows them", soft_wrap=True)


def _report(connection: psycopg.Connection, home: Path, console: Console) -> None:
    """The newest week as a page beside the data; a page that cannot be made does not undo a run."""
    from cli.report import write

    path = home / "report.html"
    try:
        facts = write(connection, load_settings(home=home), path)
    except RenownError as error:
        console.print(f"Report: none ({error})")
    else:
        console.print(f"Report: {facts.bank}, {facts.window}: {path}", soft_wrap=True)


def _interval(values: Sequence[Any]) -> str:
    point, low, high = values
    return "-" if point is None else f"{point:.1f} ({low:.1f} to {high:.1f})" if low is not None else f"{point:.1f}"


def _day(value: Any) -> str:
    return "" if value is None else f"{value:%Y-%m-%d}"


def _duration(seconds: Any) -> str:
    if seconds is None:
        return "-"
    hours, minutes = divmod(round(float(seconds) / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
