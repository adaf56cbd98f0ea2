"""Landing: the same payload pages into the same PostgreSQL, ours against dlt and against bare COPY, in one run.

    synthetic answers (payload_pages) ──► file ──► one subprocess a run, each in a fresh database, variants taking turns
        ours        page ──► items ──► mentions ──► Landing: one transaction a page
        dlt         page ──► posts joined with their authors ──► pipeline.run, write_disposition merge, primary key id, as it comes
        dlt_tuned   the same with nested lists as JSON in the one table and CSV files (COPY) instead of INSERTs: the fastest that dlt has
        dlt_pages   dlt with a pipeline.run a page: what ours does, each page durable with its cursor (its first pages only)
        copy_pages  page ──► items ──► COPY of (id, bytes) into one table without a key, one transaction a page
        copy_rows   the same rows made beforehand, one COPY, one transaction: what the server takes, and no program could beat

python benchmarks/landing.py [--items 10000] [--repeats 3] [--memory 10000,30000] [--full] [--json FILE]
    --full: memory up to 1 million items (10000,100000,1000000), five repeats

What is the same: the bytes of the pages, the server and its settings (fsync on), an untimed first page that pays for imports, tables and
plans. What is not: dlt makes typed columns of what came, in one table and its child tables (entities, references; dlt_tuned: one table),
and keeps no bytes. Ours keeps the bytes, the same as jsonb, one conforming row a mention with versions, authors, engagement, known
hashes, cursor and ledger, over ten indices where COPY's table has none; it commits every page, dlt once a run. Seconds are wall clock;
on a machine with neighbours the CPU seconds beside them (ours: the program's, theirs: all of PostgreSQL's processes) are steadier, and
rows a CPU second is what one core would do with both. Peak memory is VmHWM of the subprocess. Ids are compared at the end of every run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from benchmarks.payload_pages import write_pages
from warehouse import embedded
from warehouse.connection import connect
from warehouse.migrate import migrate

REPOSITORY = Path(__file__).parents[1]
NOW = datetime(2026, 3, 30, tzinfo=UTC)
IDS = {
    "ours": "select native_id from core.mentions join raw.payloads using (platform, site, kind, native_id)",
    "dlt": "select id from bench.posts",
    "dlt_tuned": "select id from bench.posts",
    "dlt_pages": "select id from bench.posts",
    "copy_pages": "select native_id from bench.items",
    "copy_rows": "select native_id from bench.items",
}
VARIANTS = tuple(IDS)
PAGEWISE = 11  # pages of dlt_pages, the untimed one with them: a run of dlt's takes about a second
Run = dict[str, Any]


# -- the parent: databases, turns, table -----------------------------------------------------------------------------
def measure(home: Path, items: int, repeats: int, memory: Sequence[int], size: int = 100, seed: int = 1) -> dict[str, Any]:
    """Run every variant `repeats` times over `items` posts, then ours over each of `memory`; returns the result as --json writes it."""
    with embedded.running(home) as url, tempfile.TemporaryDirectory(prefix="renown-bench-") as folder:
        base = url.rsplit("/", 1)[0]
        template = _template(base)
        try:
            pages = Path(folder) / "pages.jsonl"
            bytes_ = write_pages(pages, items, size, seed)
            runs = [one_run(home, base, template, variant, pages) | {"repeat": n} for n in range(repeats) for variant in _turn(n)]
            reach = [_memory_run(home, base, template, pages, count, size, seed) for count in memory]
        finally:
            _administer(base, f"drop database {template} with (force)")
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "items": items,
        "page_size": size,
        "bytes": bytes_,
        "seed": seed,
        "runs": runs,
        "variants": {variant: summary([run for run in runs if run["variant"] == variant]) for variant in VARIANTS},
        "ratios": ratios(runs),
        "memory": reach,
        "same_ids": is_same(runs, items, size),
    }


def is_same(runs: Sequence[Run], items: int, size: int) -> bool:
    """Whether every run loaded every id once (dlt_pages: those of its pages)."""
    wanted = {variant: min(items, PAGEWISE * size) if variant == "dlt_pages" else items for variant in VARIANTS}
    digests = {run["ids"] for run in runs if run["loaded"] == items}
    return len(digests) == 1 and all(run["loaded"] == wanted[run["variant"]] for run in runs)


def _turn(repeat: int) -> list[str]:
    """The variants, each time beginning with another: none always has the quiet moment."""
    start = repeat % len(VARIANTS)
    return [*VARIANTS[start:], *VARIANTS[:start]]


def _memory_run(home: Path, base: str, template: str, pages: Path, count: int, size: int, seed: int) -> Run:
    write_pages(pages, count, size, seed)
    run = one_run(home, base, template, "ours", pages)
    return {"items": count} | {name: run[name] for name in ("loaded", "rows_per_second", "rows_per_cpu_second", "peak_mb")}


def one_run(home: Path, base: str, template: str, variant: str, pages: Path) -> Run:
    """One variant in a subprocess and a database of its own; what it measured, and what it loaded."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    _administer(base, f"create database {name} template {template}")
    try:
        command = [sys.executable, __file__, "--child", variant, "--pages", str(pages), "--url", f"{base}/{name}"]
        postmaster = (home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0]
        done = subprocess.run([*command, "--server", postmaster], capture_output=True, text=True, cwd=REPOSITORY)
        if done.returncode:
            raise RuntimeError(f"{variant} failed: {done.stderr.strip()[-2000:]}")
        with connect(f"{base}/{name}") as connection:
            found = connection.execute(
                f"select count(*), md5(string_agg(id, ',' order by id)) from ({IDS[variant]}) as t(id)".encode()
            )
            loaded, ids = found.fetchone() or (0, None)
        return {"variant": variant, **json.loads(done.stdout.splitlines()[-1]), "loaded": loaded, "ids": ids}
    finally:
        _administer(base, f"drop database {name} with (force)")


def _template(base: str) -> str:
    name = f"bench_template_{uuid.uuid4().hex[:8]}"
    _administer(base, f"create database {name}")
    with connect(f"{base}/{name}") as connection:
        migrate(connection)
        connection.execute("create schema bench")
        connection.execute("create table bench.items (native_id text not null, body bytea not null)")
    return name


def _administer(base: str, statement: str) -> None:
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    """Median, least and most of what a variant's runs measured."""
    names = ("rows_per_second", "rows_per_cpu_second", "seconds", "client_cpu", "server_cpu", "peak_mb")
    return {name: spread([run[name] for run in runs]) for name in names}


def spread(values: Iterable[float]) -> dict[str, float]:
    """{median, min, max}, rounded to three digits after the point."""
    listed = list(values)
    return {"median": round(statistics.median(listed), 3), "min": round(min(listed), 3), "max": round(max(listed), 3)}


def ratios(runs: Sequence[Run]) -> dict[str, dict[str, dict[str, float]]]:
    """Ours over each other variant, repeat by repeat (neighbours in time): by wall clock and by CPU."""
    by = {(run["variant"], run["repeat"]): run for run in runs}
    repeats = sorted({run["repeat"] for run in runs})
    return {
        f"ours/{other}": {
            name: spread(by["ours", n][name] / by[other, n][name] for n in repeats)
            for name in ("rows_per_second", "rows_per_cpu_second")
        }
        for other in VARIANTS[1:]
    }


def table(result: dict[str, Any]) -> str:
    """The result as the README has it."""

    def cell(values: dict[str, float], form: str = ",.0f") -> str:
        return f"{values['median']:{form}} ({values['min']:{form}}–{values['max']:{form}})"

    lines = ["| variant | rows/s, wall | rows/CPU s | CPU s, program | CPU s, server | peak MB |", "|---|---|---|---|---|---|"]
    for variant, found in result["variants"].items():
        cells = (cell(found["rows_per_second"]), cell(found["rows_per_cpu_second"]), cell(found["client_cpu"], ".2f"))
        lines.append(f"| {variant} | {' | '.join(cells)} | {cell(found['server_cpu'], '.2f')} | {cell(found['peak_mb'])} |")
    lines += ["", "| ratio | wall | CPU |", "|---|---|---|"]
    for name, found in result["ratios"].items():
        lines.append(f"| {name} | {cell(found['rows_per_second'], '.2f')} | {cell(found['rows_per_cpu_second'], '.2f')} |")
    lines += ["", "| items (ours) | rows/s, wall | rows/CPU s | peak MB |", "|---|---|---|---|"]
    for run in result["memory"]:
        lines.append(
            f"| {run['items']:,} | {run['rows_per_second']:,.0f} | {run['rows_per_cpu_second']:,.0f} | {run['peak_mb']:.1f} |"
        )
    return "\n".join([*lines, "", f"same ids in every run: {'yes' if result['same_ids'] else 'NO'}"])


# -- the child: one variant ------------------------------------------------------------------------------------------
def child(variant: str, pages: Path, url: str, server: int) -> Run:
    """Land the first page untimed, then the rest; what the rest took."""
    prepared = PREPARE[variant](url, pages)
    with pages.open("rb") as opened:
        file: Iterable[bytes] = opened if variant != "dlt_pages" else islice(opened, PAGEWISE)
        prepared(islice(file, 1))
        before = _clocks(server)
        rows = prepared(file)
        wall, client, theirs = (after - was for after, was in zip(_clocks(server), before, strict=True))
    return {
        "rows": rows,
        "seconds": round(wall, 4),
        "client_cpu": round(client, 4),
        "server_cpu": round(theirs, 4),
        "rows_per_second": round(rows / wall, 2),
        "rows_per_cpu_second": round(rows / (client + theirs), 2),
        "peak_mb": round(peak_mb(), 2),
    }


def _clocks(server: int) -> tuple[float, float, float]:
    return time.perf_counter(), time.process_time(), server_cpu(server)


def server_cpu(postmaster: int) -> float:
    """CPU seconds of the server so far, its living and its ended processes (/proc, so Linux only; 0 elsewhere)."""
    total, tick = 0, os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            numbers = stat.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):  # it ended in the meantime
            continue
        if int(stat.parent.name) == postmaster:
            total += sum(map(int, numbers[11:15]))
        elif int(numbers[1]) == postmaster:
            total += sum(map(int, numbers[11:13]))
    return total / tick


def peak_mb() -> float:
    """The most memory that this process ever held, in MB (ru_maxrss would count the parent's before exec)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


Load = Callable[[Iterable[bytes]], int]


def ours(url: str, pages: Path) -> Load:
    """Through extractors.arrival.land, as a run does it; only the network is missing."""
    from extractors.arrival import land
    from extractors.base import Page
    from extractors.registry import platform
    from warehouse.landing import Landing

    module, connection = platform("x"), connect(url)
    http: Any = SimpleNamespace(requests=0, waited=0.0, clean=str)
    source: Any = SimpleNamespace(site="")

    def read(lines: Iterable[bytes]) -> Iterator[Page]:
        for line in lines:
            http.requests += 1
            for value in module.decode(line):
                yield Page(list(module.items(value, None, "")), "search", {"watermark": http.requests})

    def load(lines: Iterable[bytes]) -> int:
        http.requests = 0
        landing = Landing(connection, "bench", "x", NOW)
        landing.open()
        return int(land(landing, module, http, read(lines), source)["items_new"])

    return load


def dlt_pipeline(url: str, pages: Path, tuned: bool = False) -> Load:
    """dlt's own way: a resource that yields the posts of each page, merged by primary key."""
    folder = tempfile.mkdtemp(prefix="renown-dlt-", dir=pages.parent)
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "DLT_DATA_DIR": folder}
    import dlt

    pipeline = dlt.pipeline("landing", destination=dlt.destinations.postgres(url), dataset_name="bench", pipelines_dir=folder)

    def load(lines: Iterable[bytes]) -> int:
        rows = 0

        def posts() -> Iterator[list[dict[str, Any]]]:
            nonlocal rows
            for line in lines:
                answer = json.loads(line)
                users = {user["id"]: user for user in answer["includes"]["users"]}
                rows += len(answer["data"])
                yield [post | {"author": users[post["author_id"]]} for post in answer["data"]]

        nesting = 0 if tuned else None
        resource = dlt.resource(posts, name="posts", write_disposition="merge", primary_key="id", max_table_nesting=nesting)
        pipeline.run(resource(), loader_file_format="csv" if tuned else None).raise_on_failed_jobs()
        return rows

    return load


def dlt_pages(url: str, pages: Path) -> Load:
    """dlt with what a page of ours has: committed, with the state that covers it, before the next is asked for."""
    load = dlt_pipeline(url, pages)
    return lambda lines: sum(load([line]) for line in lines)


def copy_pages(url: str, pages: Path) -> Load:
    """COPY and nothing else: no key, no jsonb; the pages must still be taken apart into the bytes of each item."""
    from extractors.registry import platform

    module, connection = platform("x"), connect(url)

    def load(lines: Iterable[bytes]) -> int:
        rows = 0
        for line in lines:
            rows += _copy(connection, _split(module, line))
        return rows

    return load


def copy_rows(url: str, pages: Path) -> Load:
    """One COPY of rows that are ready before the clock starts."""
    from extractors.registry import platform

    module, connection = platform("x"), connect(url)
    with pages.open("rb") as file:
        made = [list(_split(module, line)) for line in file]
    ready = iter([made[0], [row for page in made[1:] for row in page]])
    return lambda lines: _copy(connection, next(ready))


def _split(module: Any, line: bytes) -> Iterator[tuple[str, bytes]]:
    return ((item.native_id, item.raw) for value in module.decode(line) for item in module.items(value, None, ""))


def _copy(connection: psycopg.Connection[Any], rows: Iterable[tuple[str, bytes]]) -> int:
    with connection.cursor() as cursor:
        with cursor.copy("copy bench.items (native_id, body) from stdin (format binary)") as copy:
            copy.set_types(["text", "bytea"])
            for row in rows:
                copy.write_row(row)
        connection.commit()
        return cursor.rowcount


PREPARE: dict[str, Callable[[str, Path], Load]] = {
    "ours": ours,
    "dlt": dlt_pipeline,
    "dlt_tuned": lambda url, pages: dlt_pipeline(url, pages, tuned=True),
    "dlt_pages": dlt_pages,
    "copy_pages": copy_pages,
    "copy_rows": copy_rows,
}


def main() -> None:
    """Measure and print the table; with --child, be one run."""
    parser = argparse.ArgumentParser(description="Landing: ours, dlt, bare COPY.")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--page-size", type=int, default=100)
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--memory", help="items for the memory of ours, comma-separated")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    for name in ("--child", "--pages", "--url", "--server"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(child(given.child, Path(given.pages), given.url, int(given.server))))
        return
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that the server is stopped, too
    memory = given.memory or ("10000,100000,1000000" if given.full else "10000,30000")
    with tempfile.TemporaryDirectory(prefix="renown-bench-home-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # the server runs as another user where the caller is root
        repeats = given.repeats or (5 if given.full else 3)
        result = measure(
            Path(folder), given.items, repeats, [int(n) for n in memory.split(",") if n], given.page_size, given.seed
        )
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n")
    print(table(result))
    if not result["same_ids"]:
        sys.exit("the variants did not load the same ids")


if __name__ == "__main__":
    main()
