"""The shipped maps on small files in the layouts of the archives that they are for, Parquet, zipped CSV, and what a map can say."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from extractors.archive import IngestReport, ingest, read_entries
from extractors.archive_map import ArchiveMap, choose_map
from settings import RenownError, Settings
from warehouse.connection import connect
from warehouse.landing_rows import Entry

NOW = datetime(2026, 3, 30, tzinfo=UTC)


def entries(path: Path, platform: str, name: str | ArchiveMap | None = None) -> list[Entry]:
    chosen = name if isinstance(name, ArchiveMap) else choose_map(path, platform, Path(name) if name else None)
    return list(read_entries(path, platform, chosen, NOW))


def mentions(found: list[Entry]) -> list[dict[str, Any]]:
    assert all(entry.reason is None for entry in found), [entry.reason for entry in found]
    return [dict(entry.mention or {}) for entry in found]


def written(path: Path, *values: Any) -> Path:
    path.write_text("\n".join(value if isinstance(value, str) else json.dumps(value) for value in values))
    return path


def test_tencent_weibo(tmp_path: Path) -> None:
    post = {"id": "100", "text": "a &amp; b http://url.cn/x", "origtext": "", "timestamp": 1330000000, "type": 1, "name": "ann", "nick": "Ann",
            "openid": "F0", "isvip": 1, "location": "Beijing", "count": 3, "mcount": 0, "latitude": "0", "longitude": "0",
            "image": ["http://a.example/1", "http://a.example/2"], "source": None}  # fmt: skip
    repost = {
        **post,
        "id": "101",
        "type": 2,
        "source": {"id": "100", "openid": "F0"},
        "latitude": "39.9",
        "longitude": "116.4",
        "image": None,
    }
    answer = {**post, "id": "102", "type": 7, "source": {"id": "100", "openid": "F0"}}
    page = {"ret": 0, "errcode": 0, "msg": "ok", "data": {"hasnext": 1, "info": [post, repost]}}
    empty = {"ret": 0, "data": {"hasnext": 0, "info": []}}
    first, second, third = mentions(
        entries(written(tmp_path / "qq.jsonl", page, empty, answer), "tencent_weibo", "tencent_weibo")
    )
    assert (first["native_id"], first["kind"], first["text"], first["media_count"]) == ("100", "post", "a & b http://url.cn/x", 2)
    assert (first["author_id"], first["author_handle"], first["author_name"], first["author_verified"]) == (
        "F0",
        "ann",
        "Ann",
        True,
    )
    assert (first["created_at"], first["created_at_raw"]) == ("2012-02-23T12:26:40Z", "1330000000")
    assert (first["engagement"]["shares"], first["engagement"]["comments"], first["engagement"]["likes"]) == (3, 0, None)
    assert (first["latitude"], first["repost_of_id"], first["parent_id"], first["language_hint"]) == (None, None, None, "zh")
    assert (second["repost_of_id"], second["parent_id"], second["latitude"], second["longitude"]) == ("100", None, 39.9, 116.4)
    assert (third["kind"], third["repost_of_id"], third["parent_id"], third["in_reply_to_author_id"]) == (
        "comment",
        None,
        "100",
        "F0",
    )


def test_renren(tmp_path: Path) -> None:
    new = {"response": [
        {"id": 5, "content": "<b>fees</b><br/>up", "title": "T", "ownerId": 7, "createTime": "2013-05-20 12:01:02", "viewCount": 9,
         "commentCount": 1, "shareCount": 0, "sharedStatusId": 0},
        {"id": 6, "content": "why?", "authorId": 8, "entryId": 5, "entryOwnerId": 7, "targetUserId": 7, "time": "2013-05-20 13:00:00"}]}  # fmt: skip
    old = {"status_id": 9, "uid": 7, "message": "old", "time": "2010-01-01 00:00:00", "comment_count": 2, "forward_count": 3}
    post, answer, status = mentions(entries(written(tmp_path / "r.json", [new, old]), "renren", "renren"))
    assert (post["kind"], post["text"], post["title"], post["author_id"], post["repost_of_id"]) == (
        "post",
        "fees\nup",
        "T",
        "7",
        None,
    )
    assert (post["created_at"], post["engagement"]["views"], post["engagement"]["shares"]) == ("2013-05-20T04:01:02Z", 9, 0)
    assert (answer["kind"], answer["parent_id"], answer["author_id"], answer["in_reply_to_author_id"]) == (
        "comment",
        "5",
        "8",
        "7",
    )
    assert (status["native_id"], status["text"], status["engagement"]["comments"], status["engagement"]["shares"]) == (
        "9",
        "old",
        2,
        3,
    )


WEIBOSCOPE = (
    "mid,retweeted_status_mid,uid,retweeted_uid,source,image,text,geo,created_at,deleted_last_seen,permission_denied\n"
    'm1,,u1,,web,1,"Velmora, fees",POINT(114.2 22.3),2012-01-03 08:00:00,,\n'
    "m2,m1,u2,u1,web,0,again,NULL,2012-01-03 09:00:00,2012-01-04 09:30:00,permission denied\n"
    "m3,,u3,,web,0,gone,,2012-01-03 10:00:00,2012-01-04 09:30:00,NULL\n"
)


def test_weiboscope_zip(settings: Settings, warehouse_url: str, tmp_path: Path) -> None:
    path = tmp_path / "week1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("week1.csv", WEIBOSCOPE)
    first, repost, gone = entries(path, "weibo", "weiboscope")
    found = mentions([first])[0]
    assert (found["native_id"], found["site"], found["author_id"], found["media_count"]) == ("m1", "weiboscope", "u1", 1)
    assert (found["created_at"], found["latitude"], found["longitude"]) == ("2012-01-03T00:00:00Z", 22.3, 114.2)
    assert (found["deleted"], list(first.tombstones)) == (False, [])
    assert repost.mention is not None
    assert (repost.mention["repost_of_id"], repost.mention["deleted"], repost.mention["latitude"]) == ("m1", True, None)
    assert [grave["deleted_at"] for grave in (*repost.tombstones, *gone.tombstones)] == [
        datetime(2012, 1, 4, 1, 30, tzinfo=UTC)
    ] * 2
    report = ingest(settings, path, platform="weibo", mapping=Path("weiboscope"), url=warehouse_url)
    assert report == IngestReport(read=3, accepted=3, rejected=0, known=0)
    with connect(warehouse_url) as connection:
        assert connection.execute("select native_id from core.current_mentions").fetchall() == [("m1",)]


def test_feedback_of_an_idea_portal_a_call_centre_and_a_form(tmp_path: Path) -> None:
    ideas = (
        "Idea ID,Title,Description,Votes,Status,Created At,Number of comments,Tags,Customer Name\n"
        'i-1,Dark mode,"<p>Please, a dark <b>mode</b></p>",42,Planned,2026-01-05 10:00,3,"app, design",Ann Lee\n'
        "i-2,Empty,,1,New,2026-01-05 10:00,0,,\n"
    )
    calls = '{"call_id": "c-1", "channel": "Call Centre", "transcript": "The card was blocked", "call_time": "2026-01-05T09:00:00+03:00"}'
    forms = {
        "data": [{"Submission-ID": 7, "channel": "web form", "Message": "Thanks", "date": "2026-01-05T10:00:00Z", "Score": "4,5"}]
    }
    idea, empty = entries(written(tmp_path / "ideas.csv", ideas), "feedback", "feedback")
    found = mentions([idea])[0]
    assert (found["native_id"], found["kind"], found["title"], found["text"]) == (
        "i-1",
        "post",
        "Dark mode",
        "Please, a dark mode",
    )
    assert (found["engagement"]["likes"], found["engagement"]["comments"], found["hashtags"]) == (42, 3, ["app", "design"])
    assert (found["created_at"], found["author_name"], found["author_id"]) == ("2026-01-05T10:00:00Z", None, None)
    assert json.loads(idea.body)["Status"] == "Planned"
    assert empty.reason == "empty text"
    call, form = mentions(
        [
            *entries(written(tmp_path / "calls.jsonl", calls), "feedback", "feedback"),
            *entries(written(tmp_path / "f.json", forms), "feedback", "feedback"),
        ]
    )
    assert (call["native_id"], call["kind"], call["created_at"]) == ("c-1", "message", "2026-01-05T06:00:00Z")
    assert (form["native_id"], form["kind"], form["text"], form["rating"]) == ("7", "message", "Thanks", None)


@pytest.mark.parametrize("is_zipped", [False, True])
def test_parquet_row_groups(settings: Settings, warehouse_url: str, tmp_path: Path, is_zipped: bool) -> None:
    size = 2500
    table = pyarrow.table({
        "native_id": pyarrow.array(range(1, size + 1), pyarrow.int64()),
        "text": [f"text {n}" if n else "" for n in range(size)],
        "created_at": pyarrow.array([datetime(2026, 1, 1, 12, 0, n % 60, tzinfo=UTC) for n in range(size)], pyarrow.timestamp("us", "UTC")),
        "likes": pyarrow.array([None if n % 2 else n for n in range(size)], pyarrow.int32()),
        "rating": [float("nan")] * size,
        "author_name": pyarrow.array([b"Ann"] * size, pyarrow.binary()),
    })  # fmt: skip
    path = tmp_path / "a.parquet"
    parquet.write_table(table, path, row_group_size=700)
    if is_zipped:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "in/a.parquet")
        path = tmp_path / "a.zip"
    report = ingest(settings, path, platform="weibo", mapping=None, url=warehouse_url)
    assert report == IngestReport(read=size, accepted=size - 1, rejected=1, known=0)
    with connect(warehouse_url) as connection:
        row = connection.execute(
            "select count(*), min(created_at)::text, max(native_id::int), count(rating), max(author_name) from core.mentions"
        ).fetchone()
        assert row == (size - 1, "2026-01-01 12:00:00+00", size, 0, "Ann")
        assert connection.execute("select count(likes), max(likes) from core.engagement").fetchone() == (size // 2 - 1, 2498)


def test_a_broken_parquet_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(RenownError, match="not a Parquet file") as caught:
        entries(written(tmp_path / "a.parquet", "PAR1 broken"), "weibo")
    assert len(str(caught.value).splitlines()) == 1


def test_zipped_csv_of_a_live_platform_is_read_by_columns(tmp_path: Path) -> None:
    path = tmp_path / "tweets.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2026/a.csv", "native_id,text,created_at\n1,one,2026-01-01T00:00:00Z\n")
        archive.writestr("2026/b.csv", "native_id,text,created_at\n2,two,2026-01-01T00:00:00Z\n")
    assert [found["native_id"] for found in mentions(entries(path, "x"))] == ["1", "2"]


def test_twarc_pages_and_flattened_lines(tmp_path: Path) -> None:
    tweet = {"id": "1", "text": "a", "created_at": "2026-01-01T00:00:00.000Z", "author_id": "7"}
    page = {
        "data": [tweet, {**tweet, "id": "2"}],
        "includes": {"users": [{"id": "7", "username": "ann"}]},
        "meta": {"result_count": 2},
    }
    flat = {**tweet, "id": "3", "author": {"id": "7", "username": "ann"}, "__twarc": {"version": "2.14"}}
    found = mentions(entries(written(tmp_path / "t.jsonl", page, flat), "x", "twarc"))
    assert [(m["native_id"], m["author_handle"]) for m in found] == [("1", "ann"), ("2", "ann"), ("3", "ann")]


def test_a_list_that_holds_no_objects_is_a_reject(tmp_path: Path) -> None:
    found = entries(written(tmp_path / "q.jsonl", {"data": {"info": ["word", {"id": 1}]}}), "tencent_weibo", "tencent_weibo")
    assert [entry.reason for entry in found] == ["a bare str", "missing date"]
