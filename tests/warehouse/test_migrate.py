"""Migrations, roles, bulk load and the copy of config."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from settings import RenownError, Settings
from settings.alerting import Playbook
from warehouse import migrate as module
from warehouse.bulk import copy_upsert
from warehouse.config_sync import sync_config
from warehouse.connection import connect, libpq_environment, redacted, sqlalchemy_url
from warehouse.migrate import migrate
from warehouse.roles import ensure_bi_reader


def test_a_second_migration_applies_nothing(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        assert migrate(connection) == []


def test_an_edited_migration_is_refused(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in module.MIGRATIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text("utf-8") + "\n-- edited", "utf-8")
    monkeypatch.setattr(module, "MIGRATIONS", tmp_path)
    with connect(warehouse_url) as connection, pytest.raises(RenownError, match="changed after it was applied"):
        migrate(connection)


def test_a_failing_migration_leaves_nothing_behind(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in module.MIGRATIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "9998_good.sql").write_text("create table core.half (n int)")
    (tmp_path / "9999_bad.sql").write_text("create table core.other (n int); select 1/0")
    monkeypatch.setattr(module, "MIGRATIONS", tmp_path)
    with connect(warehouse_url) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate(connection)
        connection.rollback()
        assert connection.execute("select to_regclass('core.half'), to_regclass('core.other')").fetchone() == (None, None)


def test_mention_id_is_stable_and_tells_keys_apart(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        row = connection.execute("select core.mention_id('x', '', 'post', '1'), core.mention_id('x', '', 'post', '1'),"
                                 " core.mention_id('x', 'post', '', '1')").fetchone()
    assert row is not None
    assert row[0] == row[1] != row[2]


def test_current_mentions_hides_tombstones_until_undone(warehouse_url: str) -> None:
    insert = ("insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,"
              " content_sha256, payload_sha256, batch_id, first_seen_at) values (core.mention_id('x', '', 'post', '1'), %s, 'x',"
              " 'post', '1', 'x', %s, now(), 'created_at', %s, '', gen_random_uuid(), now())")
    with connect(warehouse_url) as connection:
        for version in (1, 2):
            connection.execute(insert, (version, f"v{version}", bytes([version])))
        assert connection.execute("select version from core.current_mentions").fetchall() == [(2,)]
        connection.execute("insert into core.deletions (mention_id, observed_at, basis)"
                           " select mention_id, now(), 'platform' from core.mentions limit 1")
        assert connection.execute("select version from core.current_mentions").fetchall() == []
        connection.execute("update core.deletions set undone_at = now()")
        assert connection.execute("select version from core.current_mentions").fetchall() == [(2,)]


def test_a_human_label_wins_over_the_active_model(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        connection.execute("insert into nlp.manifests values ('p', '{\"topics\": \"m2\"}', true)")
        for model, label in (("m1", "old"), ("m2", "model")):
            connection.execute("insert into nlp.annotations values (gen_random_uuid(), 1, 'topics', %s, to_jsonb(%s::text))"
                               if model == "m1" else
                               "insert into nlp.annotations select mention_id, 1, 'topics', %s, to_jsonb(%s::text)"
                               " from nlp.annotations", (model, label))
        current = "select label #>> '{}' from nlp.current_annotations"
        assert connection.execute(current).fetchall() == [("model",)]
        connection.execute("insert into nlp.annotations select mention_id, 1, 'topics', 'human:me', '\"person\"'"
                           " from nlp.annotations limit 1")
        assert connection.execute(current).fetchall() == [("person",)]


def test_bulk_load_adds_each_row_once(warehouse_url: str) -> None:
    columns, rows = ("platform", "name", "family"), [("a", "A", "f"), ("b", "B", "f")]
    with connect(warehouse_url) as connection:
        assert copy_upsert(connection, "config.platforms", columns, rows) == 2
        assert copy_upsert(connection, "config.platforms", columns, [*rows, ("c", "C", "f")]) == 1


def test_month_partitions_are_made_once(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        for _ in range(2):
            connection.execute("select raw.ensure_month_partition('2026-03-31 23:30+00')")
        rows = connection.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'raw.payloads'::regclass"
                                  " order by 1").fetchall()
    assert rows == [("raw.payloads_202603",), ("raw.payloads_default",)]


def test_config_is_replaced_as_a_whole(warehouse_url: str, settings: Settings) -> None:
    with connect(warehouse_url) as connection:
        sync_config(connection, settings)
        connection.execute("insert into config.platforms values ('gone', 'Gone', 'x')")
        sync_config(connection, settings)
        assert connection.execute("select count(*) from config.platforms where platform = 'gone'").fetchone() == (0,)
        home = connection.execute("select bank_id from config.banks where is_home").fetchall()
        assert home == [("velmora",)]
        assert connection.execute("select value from config.settings where key = 'timezone'").fetchone() == ("Europe/Berlin",)
        accounts = connection.execute("select account from config.bank_accounts where platform = 'x'").fetchall()
        assert ("velmorahelp",) in accounts
        whole = connection.execute("select platform, reposts from config.platforms where reposts like 'whole%' order by platform").fetchall()
        assert whole == [("bluesky", "whole"), ("mastodon", "whole"), ("telegram", "whole_counted"), ("x", "whole")]


def test_plays_for_cases_are_copied_and_those_for_alerts_are_not(warehouse_url: str, settings: Settings) -> None:
    plays = [{"id": "alert", "kinds": ["sla"], "steps": ["Hurry"]},
             {"id": "atm", "kinds": ["case"], "topics": ["atm_network", "cards"], "urgencies": ["card_swallowed", "money_locked"], "steps": ["Ask", "Tell"],
              "translations": {"tr": ["Sorun", "Söyleyin"]}},
             {"id": "any", "kinds": ["case"], "max_triage_level": 4, "steps": ["Answer"]}]  # fmt: skip
    departments = [d.model_copy(update={"language": "tr" if d.id == "atms" else None}) for d in settings.departments.departments]
    settings = settings.model_copy(update={"playbook": Playbook.model_validate({"plays": plays}),
                                           "departments": settings.departments.model_copy(update={"departments": departments})})  # fmt: skip
    with connect(warehouse_url) as connection:
        sync_config(connection, settings)
        found = connection.execute("select * from config.plays order by place, topic_id, urgency").fetchall()
        spoken = connection.execute("select department_id, language from config.departments where language is not null").fetchall()
    told = ("1. Ask\n2. Tell", {"tr": "1. Sorun\n2. Söyleyin"})
    assert found == [("atm", 1, topic, urgency, 5, *told) for topic in ("atm_network", "cards") for urgency in ("card_swallowed", "money_locked")] + [
        ("any", 2, None, None, 4, "1. Answer", {})]
    assert spoken == [("atms", "tr")]


def test_bi_reader_reads_marts_and_nothing_else(warehouse_url: str, tmp_path: Path) -> None:
    with connect(warehouse_url) as connection:
        password = ensure_bi_reader(connection, tmp_path)
        connection.execute("create table marts.seen as select 1 as n")
        connection.execute("select ops.class_mart('seen', 'open')")
        connection.commit()
    reader = warehouse_url.replace(warehouse_url.split("//")[1].split("@")[0], f"bi_reader:{password}")
    with psycopg.connect(reader, autocommit=True) as connection:
        assert connection.execute("select n from seen").fetchone() == (1,)
        for statement in ("select * from core.mentions", "select * from raw.payloads", "select * from nlp.annotations",
                          "select * from ops.deliveries"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
        connection.execute("set default_transaction_read_only = off")
        for statement in ("insert into seen values (2)", "create table marts.mine (n int)", "drop table seen"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_server_that_is_down_is_one_line_without_password() -> None:
    with pytest.raises(RenownError, match=r"127\.0\.0\.1:1/w does not answer") as caught:
        connect("postgresql://me:hidden@127.0.0.1:1/w")
    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_session_brings_its_own_settings(warehouse_url: str) -> None:
    name = warehouse_url.rsplit("/", 1)[1]
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(f"alter database {name} set jit = on".encode())
        connection.execute(f"alter database {name} set timezone = 'Asia/Tokyo'".encode())
        connection.execute(f"alter database {name} set datestyle = 'SQL, DMY'".encode())
        connection.execute(f"alter database {name} set intervalstyle = 'iso_8601'".encode())
    with connect(warehouse_url) as connection:
        assert connection.execute("select current_setting('jit'), current_setting('timezone')").fetchone() == ("off", "UTC")
        assert connection.execute("select timestamptz '2026-03-04 05:06+00', interval '1 day'").fetchone() == (
            datetime(2026, 3, 4, 5, 6, tzinfo=UTC), timedelta(days=1))


def test_addresses_in_other_forms() -> None:
    url = "postgresql://me:pw@127.0.0.1:5433/w"
    assert redacted(url) == "127.0.0.1:5433/w"
    assert sqlalchemy_url(url) == "postgresql+psycopg2://me:pw@127.0.0.1:5433/w"
    assert libpq_environment(url) == {"RENOWN_PGHOST": "127.0.0.1", "RENOWN_PGPORT": "5433", "RENOWN_PGUSER": "me",
                                      "RENOWN_PGPASSWORD": "pw", "RENOWN_PGDATABASE": "w"}
    tls = libpq_environment("postgresql://me:p%40w@db/w?sslmode=verify-full&sslrootcert=/ca.pem")
    assert (tls["PGSSLMODE"], tls["PGSSLROOTCERT"], tls["RENOWN_PGPASSWORD"]) == ("verify-full", "/ca.pem", "p@w")


def test_marts_that_got_another_name_keep_their_users_views(warehouse_url: str) -> None:
    """A home of before: its two marts by their old names, one of which somebody built a view on."""
    with connect(warehouse_url) as connection:
        connection.execute("create table marts.mart_source_coverage as select 1 as hour; create table marts.mart_source_freshness as select 2 as lag")
        connection.execute("create schema mine; create view mine.hours as select * from marts.mart_source_coverage")
        connection.execute("insert into ops.mart_access (relation, access) values ('mart_source_coverage', 'open')")
        body = (module.MIGRATIONS / "0042_coverage_and_freshness.sql").read_text("utf-8").encode()
        for _ in range(2):
            connection.execute(body)
        assert connection.execute("select hour, lag from mine.hours cross join marts.mart_freshness").fetchall() == [(1, 2)]
        assert connection.execute("select to_regclass('marts.mart_source_coverage')").fetchone() == (None,)
        assert connection.execute("select relation from ops.mart_access where relation like '%coverage'").fetchall() == [("mart_coverage",)]
