"""`renown ingest`: what became of each row, why rows were rejected, and the chain to the marts in its order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from cli import through
from settings import RenownError, Settings
from tests.cli.calling import Outcome, Renown, one_clear_line

ROWS = """\
native_id,text,created_at,author_handle
1,Velmora card broken,2026-02-01T10:00:00Z,ann
2,Tarnwick is fine,2026-02-01T11:00:00Z,bob
,nobody's words,2026-02-01T11:00:00Z,bob
,other words,2026-02-01T11:00:00Z,cid
3,Velmora again,not a date,bob
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Five rows, of which at least two cannot be understood."""
    path = tmp_path / "posts.csv"
    path.write_text(ROWS, "utf-8")
    return path


@pytest.fixture
def on_warehouse(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Renown:
    """`renown` against a fresh migrated warehouse."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    return renown


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chain's steps as they are taken, without the rooms behind them."""
    taken: list[str] = []

    def step(name: str) -> Callable[..., str]:
        def take(*arguments: object) -> str:
            taken.append(name if name != "gate" else f"gate {arguments[1]}")
            return ""

        return take

    for function, name in (("label_pending", "label"), ("sync", "sync"), ("build", "build"), ("check", "gate")):
        monkeypatch.setattr(through, function, step(name))
    return taken


def counts(outcome: Outcome) -> dict[str, int]:
    """The numbers of --json."""
    assert outcome.code == 0, outcome.err
    return {key: value for key, value in json.loads(outcome.out).items() if key != "reject_reasons"}


def test_every_row_is_accepted_or_rejected_with_a_reason(
    on_warehouse: Renown, warehouse_url: str, archive: Path
) -> None:
    outcome = on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--json")
    told = counts(outcome)
    assert told["read"] == 5 == told["accepted"] + told["rejected"]
    reasons = json.loads(outcome.out)["reject_reasons"]
    assert sum(reasons.values()) == told["rejected"] >= 2
    assert max(reasons, key=lambda reason: reasons[reason]) == next(iter(reasons))  # the commonest first
    assert "words" not in json.dumps(reasons)
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from core.mentions").fetchone() == (told["accepted"],)
        assert connection.execute("select distinct source_id from raw.batches").fetchall() == [("ingest_x",)]


def test_a_second_time_adds_nothing(on_warehouse: Renown, warehouse_url: str, archive: Path) -> None:
    first = counts(on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--json"))
    second = counts(on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--json"))
    assert second == {**first, "known": first["accepted"]}
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select count(*) from core.mentions").fetchone() == (first["accepted"],)


def test_only_this_files_reasons_are_told(on_warehouse: Renown, archive: Path, tmp_path: Path) -> None:
    assert on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts").code == 0
    other = tmp_path / "other.csv"
    other.write_text("native_id,text\n1\n", "utf-8")
    for _ in range(2):
        told = json.loads(on_warehouse("ingest", str(other), "--platform", "x", "--no-marts", "--json").out)
        assert told["reject_reasons"] == {"1 fields where the header has 2": 1}


def test_the_table_tells_the_same(on_warehouse: Renown, archive: Path) -> None:
    outcome = on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--source-id", "mine")
    assert outcome.code == 0
    for word in ("read", "accepted", "rejected", "known", "reject reason", "accounted as mine"):
        assert word in outcome.out


def test_the_chain_goes_on_to_the_marts(on_warehouse: Renown, archive: Path, steps: list[str]) -> None:
    assert on_warehouse("ingest", str(archive), "--platform", "x").code == 0
    assert steps == ["label", "sync", "gate raw", "gate core", "gate nlp", "build", "gate marts"]


def test_no_marts_stops_after_core(on_warehouse: Renown, archive: Path, steps: list[str]) -> None:
    assert on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts").code == 0
    assert steps == []


def test_a_failing_gate_stops_before_the_marts(
    on_warehouse: Renown, archive: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(settings: Settings, layer: str, url: str, run_id: str) -> str:
        raise RenownError(f"{layer}: rows doubled", "look at quality.results", exit_code=4)

    monkeypatch.setattr(through, "check", fail)
    outcome = on_warehouse("ingest", str(archive), "--platform", "x")
    assert outcome.code == 4
    assert outcome.err.splitlines()[-1] == "renown: raw: rows doubled: look at quality.results"
    assert "build" not in steps


@pytest.mark.parametrize(
    ("name", "content", "arguments", "words"),
    [
        ("posts.csv", None, ("--platform", "x"), "no such file: check the path"),
        ("posts.csv", ROWS, ("--platform", "orkut"), "unknown platform 'orkut'"),
        ("posts.csv", ROWS.replace("native_id", "number"), ("--platform", "x"), "no column 'native_id'"),
        ("posts.csv", ROWS, ("--platform", "x", "--map", "/no/such/map.yml"), "map"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    on_warehouse: Renown, tmp_path: Path, name: str, content: str | None, arguments: tuple[str, ...], words: str
) -> None:
    if content:
        (tmp_path / name).write_text(content, "utf-8")
    outcome = on_warehouse("ingest", str(tmp_path / name), *arguments)
    assert words in one_clear_line(outcome)
    assert outcome.code == 2


def test_the_embedded_server_is_started_for_it(renown: Renown, archive: Path, tmp_path: Path) -> None:
    tmp_path.parent.parent.chmod(0o755)
    assert renown("ingest", str(archive), "--platform", "x", "--no-marts").code == 0
    listed = renown("sql", "select count(*) from core.mentions", "--csv")
    assert int(listed.out.split()[1]) >= 2


def test_replay_reads_rejects_again(on_warehouse: Renown, archive: Path) -> None:
    told = counts(on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--json"))
    outcome = on_warehouse("replay")
    assert outcome.code == 0
    assert "still_open" in outcome.out
    assert str(told["rejected"]) in outcome.out


def test_replay_leaves_rows_of_files_open_and_reads_the_rest(on_warehouse: Renown, archive: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    form.write_text("native_id,text\n1\n", "utf-8")
    assert on_warehouse("ingest", str(form), "--platform", "feedback", "--no-marts").code == 0
    told = counts(on_warehouse("ingest", str(archive), "--platform", "x", "--no-marts", "--json"))
    outcome = on_warehouse("replay")
    assert outcome.code == 0, outcome.err
    assert f"│ {told['rejected'] + 1:>4} │" in outcome.out


MENDED = ROWS.replace("\n,nobody's", "\n4,nobody's").replace("\n,other", "\n5,other").replace("not a date", "2026-02-02T10:00:00Z")


def still_open(url: str) -> list[tuple[str | None, str]]:
    """(native id, reason) of the rejects that are not resolved."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "select native_id, reason from raw.rejects where resolved_at is null order by reject_id"
        ).fetchall()


def take(renown: Renown, path: Path, text: str) -> int:
    """Ingest this text as the file; returns how many earlier rejects it resolved."""
    path.write_text(text, "utf-8")
    return counts(renown("ingest", str(path), "--platform", "x", "--no-marts", "--json"))["rejects_resolved"]


def test_a_mended_file_resolves_its_rejects(on_warehouse: Renown, warehouse_url: str, archive: Path) -> None:
    assert take(on_warehouse, archive, ROWS) == 0
    assert [native_id for native_id, _ in still_open(warehouse_url)] == [None, None, "3"]
    half = MENDED.replace("\n5,other", "\n,other")
    assert take(on_warehouse, archive, half) == 1  # number 3 is known by its id; which of the two without one was mended, nobody can tell
    assert [native_id for native_id, _ in still_open(warehouse_url)] == [None, None]
    assert take(on_warehouse, archive, MENDED) == 2
    assert still_open(warehouse_url) == []
    outcome = on_warehouse("replay")
    assert outcome.code == 0
    assert "│    0 │        0 │          0 │" in outcome.out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other.csv", MENDED),
        ("posts.csv", MENDED.replace("\n4,nobody's words,2026-02-01T11:00:00Z,bob", "").replace("\n3,", "\n7,")),
        ("posts.csv", MENDED.replace("\n1,Velmora", "\n8,Velmora").replace("\n3,", "\n7,")),
    ],
    ids=["another name", "fewer rows", "another week's rows"],
)
def test_another_file_resolves_nothing(
    on_warehouse: Renown, warehouse_url: str, archive: Path, tmp_path: Path, name: str, text: str
) -> None:
    take(on_warehouse, archive, ROWS)
    before = [row for row in still_open(warehouse_url) if row[0] is None]
    take(on_warehouse, tmp_path / name, text)
    assert before == [row for row in still_open(warehouse_url) if row[0] is None][: len(before)]


def test_the_same_rows_by_a_mended_map_are_resolved(on_warehouse: Renown, warehouse_url: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("number,text\n1,Velmora card broken\n", "utf-8")
    for empty, left in (("['1']", 1), ("[]", 0)):
        (tmp_path / "map.yml").write_text(f"fields: {{native_id: {{column: number, empty: {empty}}}, text: text}}\n", "utf-8")
        outcome = on_warehouse("ingest", str(rows), "--platform", "x", "--map", str(tmp_path / "map.yml"), "--no-marts")
        assert outcome.code == 0, outcome.err
        assert len(still_open(warehouse_url)) == left
    assert "1 earlier rejects are understood by now" in outcome.out


def test_a_map_of_another_platforms_answers_is_refused(on_warehouse: Renown, tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").write_text('{"data": []}\n', "utf-8")
    outcome = on_warehouse("ingest", str(tmp_path / "pages.jsonl"), "--platform", "vk", "--map", "twarc")
    assert "the map reads answers of x, not of vk: say --platform x" in one_clear_line(outcome)
    assert outcome.code == 2


def test_progress_is_told_now_and_then() -> None:
    told: list[str] = []
    tell = through.every(10, told.append, "{} read")
    for read in (5, 10, 15, 31):
        tell(read)
    assert told == ["10 read", "31 read"]
