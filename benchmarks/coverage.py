"""Coverage of the corrected shares' intervals: how often does the published interval hold the truth, with the models alone?

    sandbox seed ──► world ──► the shipped models (language, banks) ──► labelled truth records, kept in a folder
        evaluation seeds ──► sensitivity and specificity by language, and by language × bank ──► nlp.evaluations
        measured seeds   ──► core.*, nlp.annotations ──► mart_reputation_periods ──► bank × week cells against the truth's shares

python benchmarks/coverage.py [--seeds 301-304] [--scale 0.5] [--folder FOLDER] [--json FILE]
    every seed is measured with the figures of each other one; labelling a world of scale 0.5 takes some minutes, once a folder

A cell counts where at least 100 brand mentions have a sentiment. Covered: the share of the true labels of the cell's brand mentions lies within the
published bounds. The width is the mean of the published intervals. `raw` is the Wilson interval of the uncorrected share: sampling error alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

sys.path.insert(0, str(Path(__file__).parents[1]))

from nlp.pipelines import Annotator
from nlp.records import Post
from sandbox.truth import expected, in_event_order, line
from sandbox.world.build import build_world
from sandbox.world.model import Item
from settings import load_settings
from tests.marts.compare import fill, world_of
from tests.marts.conftest import copied
from warehouse.connection import connect
from warehouse.dbt import run_dbt
from warehouse.embedded import ensure_running, stop
from warehouse.migrate import migrate

REPOSITORY = Path(__file__).parents[1]
BATCH = 512
ENOUGH = 100  # items of a cell that counts
LABELS = ("negative", "positive")
CELLS = """select * from marts.mart_reputation_periods
where platform = 'all' and language = 'all' and country = 'all' and period_type = 'week' and sentiment_count >= %s order by bank_id, period_start"""
Record = dict[str, Any]


# -- worlds -----------------------------------------------------------------------------------------------------------
def labelled(seed: int, scale: float, folder: Path) -> list[Record]:
    """The counted truth records of a world, each with `found`: what the models say (language, banks); read back where the folder has it."""
    path = folder / f"{seed}-{scale}.jsonl"
    if not path.exists():
        world = build_world(seed, scale, REPOSITORY / "config" / "banks.yml")
        items = [item for item in in_event_order(world) if expected(item)]
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            for item, found in zip(items, _found(items), strict=True):
                file.write(json.dumps(line(world, item) | {"found": found}, ensure_ascii=False) + "\n")
        unfinished.rename(path)
    with path.open(encoding="utf-8") as file:
        return [json.loads(text) for text in file]


def _found(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Of each item the models' language and the sentiment towards each bank."""
    annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["language", "banks", "sentiment"])
    for start in range(0, len(items), BATCH):
        for result in annotator.annotate([_post(item) for item in items[start : start + BATCH]]):
            if isinstance(result, Exception):
                raise result
            banks = {named["bank_id"]: named["sentiment"]["label"] for named in reversed(result.labels["banks"])}
            yield {"language": result.language, "banks": banks}


def _post(item: Item) -> Post:
    """The text as enrichment gets it, with what it knows of the item besides."""
    text = f"{item.title}\n{item.text}" if item.title else item.text
    return Post(text, platform=item.platform, kind=item.kind, handles=tuple(item.mentions) if item.mentions else None,
                is_official=bool(item.official_of) if item.author else None, is_reply=item.parent is not None)


# -- measured quality -------------------------------------------------------------------------------------------------
def evaluations(records: Sequence[Record], by_bank: bool) -> dict[tuple[str, str, str], tuple[float, int, float, int]]:
    """{(label, language, bank): (se, n_se, sp, n_sp)} of customers' and media's brand mentions; bank '' is all, others where `by_bank`."""
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for record in records:
        language, said = record["found"]["language"], record["found"]["banks"]
        for bank in record["banks"].keys() & said.keys() if not record["official_of"] else ():
            for key in {"", bank} if by_bank else {""}:
                pairs[language, key].append((record["banks"][bank], said[bank]))
    found = {}
    for (language, bank), labels in pairs.items():
        for label in LABELS:
            hits = [said == label for truth, said in labels if truth == label]
            passes = [said != label for truth, said in labels if truth != label]
            if hits and passes:
                found[label, language, bank] = (statistics.fmean(hits), len(hits), statistics.fmean(passes), len(passes))
    return found


def replace_evaluations(url: str, quality: dict[tuple[str, str, str], tuple[float, int, float, int]]) -> None:
    """These figures, and no others, in nlp.evaluations."""
    with connect(url) as connection:
        connection.execute("delete from nlp.evaluations")
        for (label, language, bank), (se, n_se, sp, n_sp) in quality.items():
            for metric, value, n in ((f"se_{label}", se, n_se), (f"sp_{label}", sp, n_sp)):
                connection.execute("insert into nlp.evaluations (language, bank_id, task, model_version, dataset, metric, value, n)"
                                   " values (%s, %s, 'banks', 'shipped', 'another world', %s, %s, %s)", (language, bank, metric, value, n))
        connection.commit()


# -- cells ------------------------------------------------------------------------------------------------------------
def truths(records: Sequence[Record], zone: ZoneInfo) -> dict[tuple[str, date], Counter[str]]:
    """{(bank, Monday): labels that brand mentions truly have}."""
    cells: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for record in records:
        day = datetime.fromisoformat(record["event_at"]).astimezone(zone).date()
        for bank, label in record["banks"].items() if not record["official_of"] else ():
            cells[bank, day - timedelta(days=day.weekday())][label] += 1
    return cells


def outcomes(url: str, truth: dict[tuple[str, date], Counter[str]]) -> Iterator[dict[str, Any]]:
    """Each published interval of a bank's week with enough items: whether it holds the truth, and its width in points."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        rows = connection.execute(CELLS.encode(), (ENOUGH,)).fetchall()
    for row in rows:
        labels = truth[row["bank_id"], row["period_start"]]
        for label in LABELS:
            share = 100 * labels[label] / labels.total()
            for kind, column in (("corrected", f"{label}_pct_corrected"), ("raw", f"{label}_pct")):
                low, high = row[f"{column}_lower"], row[f"{column}_upper"]
                if low is not None:
                    yield {"label": label, "interval": kind, "covered": low <= share <= high, "width": high - low}


def measure(seeds: Sequence[int], scale: float, folder: Path, base: str) -> Iterator[dict[str, Any]]:
    """The outcomes of every measured seed by the figures of every other one, by language alone and by language and bank."""
    worlds = {seed: labelled(seed, scale, folder) for seed in seeds}
    settings = load_settings(REPOSITORY / "config", home=folder)
    settings = settings.model_copy(update={"as_of": datetime.fromisoformat("2026-03-30T00:00:00+00:00")})
    for measured, records in worlds.items():
        said = [record | {"language": record["found"]["language"], "banks": record["found"]["banks"]} for record in records]
        with copied(base) as url:
            fill(url, settings, world_of(settings, said))
            models = ["+mart_reputation_periods"]
            for evaluated, by_bank in product([seed for seed in seeds if seed != measured], (False, True)):
                replace_evaluations(url, evaluations(worlds[evaluated], by_bank))
                run_dbt(settings, ["run", "--select", *models], url=url, as_of=settings.as_of)
                models = ["stg_classifier_quality", "int_bank_quality", "mart_reputation_periods"]
                basis = "language and bank" if by_bank else "language"
                for outcome in outcomes(url, truths(records, settings.zone())):
                    yield {"measured": measured, "evaluated": evaluated, "basis": basis} | outcome
                print(f"world {measured} by the figures of {evaluated}, by {basis}", file=sys.stderr, flush=True)


def table(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Markdown: one row a label, interval and basis."""
    yield "| share | interval | measured by | cells | covered | worst and best pair of worlds | mean width, points |"
    yield "|---|---|---|---|---|---|---|"
    for label, interval, basis in product(LABELS, ("corrected", "raw"), ("language", "language and bank")):
        rows = [row for row in found if (row["label"], row["interval"], row["basis"]) == (label, interval, basis)]
        if not rows or (interval == "raw" and basis != "language"):
            continue
        pairs = [statistics.fmean(row["covered"] for row in rows if (row["measured"], row["evaluated"]) == pair)
                 for pair in sorted({(row["measured"], row["evaluated"]) for row in rows})]
        told = basis if interval == "corrected" else "–"
        yield (f"| {label} | {interval} | {told} | {len(rows)} | {statistics.fmean(row['covered'] for row in rows):.1%} | "
               f"{min(pairs):.0%} to {max(pairs):.0%} | {statistics.fmean(row['width'] for row in rows):.1f} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """All pairs of seeds, progress on stderr, the table on stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", default="301-304")
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--folder", type=Path, help="keeps the labelled worlds")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    first, last = map(int, options.seeds.split("-"))
    with tempfile.TemporaryDirectory(prefix="renown-coverage-") as name:
        home = Path(name)
        home.chmod(0o755)
        base = ensure_running(home)
        try:
            with connect(base) as connection:
                migrate(connection)
            found = list(measure(range(first, last + 1), options.scale, options.folder or home, base))
        finally:
            stop(home, "immediate")
    print("\n".join(table(found)))
    if options.json:
        options.json.write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
