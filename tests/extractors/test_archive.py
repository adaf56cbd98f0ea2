"""Archives: accepted + rejected = read, rejects carry reasons, a second ingest adds nothing."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.archive import IngestReport, ingest, read_entries
from extractors.archive_map import MAPS, load_map
from settings import RenownError, Settings
from warehouse.connection import connect
from warehouse.landing_rows import Entry
from warehouse.purge import purge

CSV = """id,when,who,what,likes
1,2026-01-01 10:00,@ann,"Velmora, again",3
2,not a date,@bob,hello,
,2026-01-01 10:00,@cid,no id,1
4,2026-01-01 10:00,@dan,  ,1
5,2026-01-01 10:00,@eve,one field too many,1,2
6,2026-01-02 10:00,@fay,second #tag @bank https://a.example/x,1.2k
"""
MAP = """
delimiter: ","
kind: comment
site: forum.example
fields:
  native_id: id
  created_at: {column: when, format: "%Y-%m-%d %H:%M", zone: Europe/Moscow}
  author_handle: {column: who, strip: "@"}
  text: what
  likes: likes
  language_hint: {const: en}
required: [native_id, created_at, text]
"""


@pytest.fixture
def mapped(tmp_path: Path) -> Path:
    path = tmp_path / "map.yml"
    path.write_text(MAP)
    return path


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_csv_with_a_map(settings: Settings, warehouse_url: str, tmp_path: Path, mapped: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(CSV)
    report = ingest(settings, path, platform="feedback", mapping=mapped, url=warehouse_url)
    assert report == IngestReport(read=6, accepted=2, rejected=4, known=0)
    found = rows(warehouse_url, "select reason from raw.rejects order by 1")
    assert [reason for (reason,) in found] == [
        "6 fields where the header has 5",
        "bad date (created_at)",
        "empty text",
        "missing id",
    ]
    first, second = rows(warehouse_url, "select platform, site, kind, native_id, author_handle, text, created_at::text, language_hint, mentions, "
                                        "hashtags, links from core.mentions order by native_id")  # fmt: skip
    assert first[:8] == ("feedback", "forum.example", "comment", "1", "ann", "Velmora, again", "2026-01-01 07:00:00+00", "en")
    assert second[8:] == (["bank"], ["tag"], ["https://a.example/x"])
    assert rows(warehouse_url, "select likes, comments from core.engagement order by likes") == [(3, None), (1200, None)]
    again = ingest(settings, path, platform="feedback", mapping=mapped, url=warehouse_url)
    assert again == IngestReport(read=6, accepted=2, rejected=4, known=2)
    assert rows(warehouse_url, "select count(*) from core.mentions") == [(2,)]
    assert rows(warehouse_url, "select count(*) from raw.rejects") == [(4,)]
    columns = "mode, status, items_returned, items_new, items_known, items_rejected"
    assert rows(warehouse_url, f"select {columns} from raw.batches order by started_at") == [
        ("ingest", "success", 6, 2, 0, 4), ("ingest", "success", 6, 0, 2, 4)]  # fmt: skip


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.json.gz", "a.zip"])
def test_kinds_of_files(settings: Settings, warehouse_url: str, tmp_path: Path, name: str) -> None:
    values = [{"native_id": str(n), "text": f"text {n}", "created_at": 1767225600 + n, "language": "tr"} for n in range(2500)]
    lines = "\n".join(map(json.dumps, values)).encode()
    body = json.dumps(values).encode() if ".json" in name and "jsonl" not in name else lines
    path = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("in/b.jsonl", lines)
            archive.writestr("readme.md", "no data")
    else:
        path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    report = ingest(settings, path, platform="renren", mapping=None, url=warehouse_url)
    assert report == IngestReport(read=2500, accepted=2500, rejected=0, known=0)
    assert rows(warehouse_url, "select min(created_at)::text, max(language_hint) from core.mentions") == [
        ("2026-01-01 00:00:00+00", "tr")
    ]


def test_json_lines_of_api_pages(settings: Settings, warehouse_url: str, tmp_path: Path) -> None:
    page = {"data": [{"id": "1", "text": "a"}, {"id": "2", "text": "b"}, {"text": "no id"}], "meta": {"result_count": 3}}
    error = {"title": "Too Many Requests", "type": "about:blank", "status": 429, "detail": "x"}
    path = tmp_path / "tweets.jsonl"
    path.write_text(
        "\n".join([json.dumps(page), "{broken", json.dumps(error), '"word"', json.dumps({"id": "3", "text": "flat"})])
    )
    report = ingest(settings, path, platform="x", mapping=None, url=warehouse_url)
    assert report == IngestReport(read=7, accepted=3, rejected=4, known=0)
    found = {reason for (reason,) in rows(warehouse_url, "select reason from raw.rejects")}
    assert found == {"missing id", "not JSON", "error answer 429", "a bare str"}


def test_broken_bytes_are_rejects_not_question_marks(settings: Settings, warehouse_url: str, tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("native_id,text\n1,café\n2,plain\n".encode("latin-1"))
    assert ingest(settings, path, platform="renren", mapping=None, url=warehouse_url) == IngestReport(2, 1, 1, 0)
    assert rows(warehouse_url, "select reason, body from raw.rejects") == [("not utf-8 text", b"1,caf\xe9")]


def test_a_damaged_archive_is_clear_and_keeps_what_was_read(settings: Settings, warehouse_url: str, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"native_id": str(n), "text": f"{n} {n * 7919 % 10007}"}) for n in range(20000)).encode()
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-2000])
    with pytest.raises(RenownError, match="cannot be read to its end"):
        ingest(settings, path, platform="renren", mapping=None, url=warehouse_url)
    ((status, error),) = rows(warehouse_url, "select status, error from raw.batches")
    assert status == "failed"
    assert "damaged" in error
    assert rows(warehouse_url, "select count(*) > 1000 from core.mentions") == [(True,)]


@pytest.mark.parametrize(("name", "body", "platform", "chosen", "complaint"), [
    ("a.csv", "x", "nope", None, "unknown platform 'nope'"), ("missing.csv", None, "x", None, "no such file"),
    ("a.doc", "x", "renren", None, "unknown kind of file"), ("a.csv", "", "renren", None, "the file is empty"),
    ("a.csv", "id;text\n1;b", "renren", None, "no column 'native_id' \\(it has id;text\\)"), ("a.json", "{", "renren", None, "not JSON"),
    ("a.zip", "x", "renren", None, "not a zip file"), ("a.csv", "x", "x", "nope.yml", "no such map"),
    ("a.csv", "x", "x", "fields: [", "broken YAML"), ("a.csv", "x", "x", "fields: {native_id: id, text: t, mood: m}", "unknown field 'mood'"),
    ("a.csv", "x", "x", "fields: {text: t}", "native_id and text are not mapped"), ("a.csv", "x", "x", "parser: nope", "unknown parser"),
    ("a.csv", "x", "x", "colour: red", "colour: Extra inputs"), ("a.csv", "x", "x", "{parser: x, encoding: klingon}", "unknown encoding"),
])  # fmt: skip
def test_bad_input_is_one_clear_line(
    settings: Settings,
    warehouse_url: str,
    tmp_path: Path,
    name: str,
    body: str | None,
    platform: str,
    chosen: str | None,
    complaint: str,
) -> None:
    if body is not None:
        (tmp_path / name).write_text(body)
    mapping = None
    if chosen:
        mapping = tmp_path / "m.yml"
        if chosen.endswith(".yml"):
            mapping = tmp_path / chosen
        else:
            mapping.write_text(chosen)
    with pytest.raises(RenownError, match=complaint) as caught:
        ingest(settings, tmp_path / name, platform=platform, mapping=mapping, url=warehouse_url)
    assert len(str(caught.value).splitlines()) == 1


def entries(path: Path) -> list[Entry]:
    """What the generic map makes of a file."""
    return list(read_entries(path, "feedback", load_map(MAPS / "generic.yml"), datetime(2026, 3, 1, tzinfo=UTC)))


HEADER = "native_id,text,created_at"
ROW = "1,Карта Velmora,2026-01-05T10:00:00Z"


@pytest.mark.parametrize(("name", "body"), [
    ("posts.tsv", f"{HEADER}\n{ROW}\n".replace(",", "\t").encode()), ("posts.csv", f"{HEADER}\n{ROW}\n".encode("utf-16")),
    ("posts.csv", b"\xfe\xff" + f"{HEADER}\n{ROW}\n".encode("utf-16-be")),
    ("posts.jsonl", '{"native_id": 1, "text": "Карта Velmora", "created_at": "2026-01-05T10:00:00Z"}'.encode("utf-16")),
    ("posts.json", '{"native_id": 1, "text": "Карта Velmora", "created_at": "2026-01-05T10:00:00Z"}'.encode("utf-16")),
])  # fmt: skip
def test_what_spreadsheets_write_is_read_as_it_is(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    (entry,) = entries(tmp_path / name)
    assert entry.mention is not None, entry.reason
    assert (entry.native_id, entry.mention["text"]) == ("1", "Карта Velmora")


def test_what_a_broken_row_was_made_of_is_kept_as_it_stood(tmp_path: Path) -> None:
    huge = "x" * (17 * 1024 * 1024)
    broken = [f'2,"a ""b""\nc",{huge}', '3,"no, third"', '5,"never closed,2026-01-05T10:00:00Z\n6,swallowed,2026-01-05T10:00:00Z']
    (tmp_path / "posts.csv").write_text("\n".join([HEADER, ROW, *broken[:2], ROW.replace("1", "4", 1), broken[2]]) + "\n")
    found = entries(tmp_path / "posts.csv")
    assert [entry.native_id for entry in found if entry.reason is None] == ["1", "4"]
    assert [entry.body.decode() for entry in found if entry.reason] == broken
    assert "field larger than field limit" in str(found[1].reason)


def test_shadow_files_of_a_zip_are_no_data(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "posts.zip", "w") as archive:
        archive.writestr("__MACOSX/._posts.csv", b"\0\5\x16\7")
        archive.writestr("posts/._posts.csv", b"\0\5\x16\7")
        archive.writestr("posts/posts.csv", f"{HEADER}\n{ROW}\n")
    assert [entry.native_id for entry in entries(tmp_path / "posts.zip")] == ["1"]


def locked(path: Path) -> None:
    """Marks the only member of a zip as encrypted: flag bit 0 of its local and its central header (APPNOTE 4.4.4)."""
    body = bytearray(path.read_bytes())
    body[6] |= 1
    body[body.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(body)


def test_a_zip_with_a_password_and_a_flipped_byte_are_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "posts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts.csv", f"{HEADER}\n{ROW}\n")
    path.write_bytes(path.read_bytes().replace(b"Velmora", b"Velmara"))
    with pytest.raises(RenownError, match="the archive is damaged"):
        entries(path)
    locked(path)
    with pytest.raises(RenownError, match=r"posts\.zip: posts\.csv is encrypted: unpack it yourself"):
        entries(path)


@pytest.mark.parametrize(("name", "body", "complaint"), [
    ("a.json", '[{"text": "Карта"}]'.encode("cp1251"), "a.json: not utf-8 text: name the file's encoding in the map"),
    ("a.csv", f"{HEADER}\n{ROW}\n".encode("utf-16") + b"\0", "a.csv: not utf-16-le text"),
    ("a.tsv", b"id\tbody\n", r"no column 'native_id' \(it has id, body\)"), ("a.csv", b"\0\5,b\n", r"it has \\x00\\x05, b"),
])  # fmt: skip
def test_an_encoding_that_does_not_fit_is_named(tmp_path: Path, name: str, body: bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(RenownError, match=complaint):
        entries(tmp_path / name)


@pytest.mark.parametrize("name", sorted(path.name for path in MAPS.glob("*.yml")))
def test_shipped_maps_load(name: str) -> None:
    load_map(MAPS / name)


def test_real_tweets_about_russian_banks(settings: Settings, warehouse_url: str, shared_data: Path) -> None:
    path = shared_data / "sentiment/ru_sentirueval16_banks.jsonl.gz"
    report = ingest(settings, path, platform="x", mapping=Path("sentirueval"), url=warehouse_url)
    assert report == IngestReport(read=2484, accepted=2484, rejected=0, known=0)
    assert (
        rows(warehouse_url, "select count(*), min(created_at)::date::text, max(language_hint) from core.mentions")[0][0] == 2484
    )
    assert ingest(settings, path, platform="x", mapping=Path("sentirueval"), url=warehouse_url).known == 2484
    assert rows(warehouse_url, "select count(*) from core.mentions") == [(2484,)]


def test_a_file_read_again_does_not_bring_back_what_was_purged(settings: Settings, warehouse_url: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"data": [{"id": "1", "text": "bank words", "author_id": "7", "created_at": "2026-03-01T00:00:00.000Z"}]}) + "\n", "utf-8")
    ingest(settings, path, platform="x", mapping=None, url=warehouse_url)
    with connect(warehouse_url) as connection:
        connection.execute("insert into core.deletions (mention_id, observed_at, basis) select mention_id, '2026-03-02Z', 'platform' from core.mentions")
        assert purge(connection, settings.now(), 7).items == 1
    assert ingest(settings, path, platform="x", mapping=None, url=warehouse_url).known == 1
    assert rows(warehouse_url, "select text, version from core.mentions") == [("", 1)]
    assert rows(warehouse_url, "select body from raw.payloads") == [(b"",)]
