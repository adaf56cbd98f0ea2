"""The DAGs as Airflow sees them: ids, pools, schedules, failure callback; and that importing them touches nothing outside."""

from __future__ import annotations

import builtins
import importlib
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from settings import load_settings
from settings.loader import REPOSITORY

SECONDS_OF_A_LOOK = 5  # of one core: a task of Airflow starts, imports, asks once and ends
DAG_FILES = ("extract", "enrich", "marts", "deliver", "comply", "watch", "extracts", "purge")


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every DAG of the repository by id, imported with sockets, processes and writing to files forbidden."""
    os.environ["AIRFLOW_HOME"] = str(tmp_path_factory.mktemp("airflow"))
    importlib.import_module("airflow.sdk")  # Airflow's own start-up may write its config; ours may not do anything
    importlib.import_module("airflow.sdk.definitions.timetables.interval")

    patch = pytest.MonkeyPatch()
    for target, name in ((socket.socket, "connect"), (subprocess, "Popen"), (os, "system")):
        patch.setattr(target, name, _forbidden(name))
    patch.setattr(builtins, "open", _read_only(builtins.open))
    for name in DAG_FILES:
        sys.modules.pop(f"dags.{name}", None)
    try:
        modules = [importlib.import_module(f"dags.{name}") for name in DAG_FILES]
    finally:
        patch.undo()
    found = [value for module in modules for value in vars(module).values() if type(value).__name__ == "DAG"]
    return {dag.dag_id: dag for dag in found}


def test_the_exact_set_of_dag_ids(dags: dict[str, Any]) -> None:
    subscriptions = {f"deliver__{s.id}" for s in load_settings(REPOSITORY / "config").subscriptions.subscriptions}
    assert subscriptions
    assert set(dags) == {"extract__x", "extract__vk", "extract__weibo", "extract__forum", "extract__news", "enrich", "marts", "watch", "extracts", "purge",
                         *subscriptions}


def test_one_pool_a_platform(dags: dict[str, Any]) -> None:
    pools = {dag_id: {task.pool for task in dag.tasks} for dag_id, dag in dags.items() if dag_id.startswith("extract__")}
    assert pools == {"extract__x": {"platform_x"}, "extract__vk": {"platform_vk"}, "extract__weibo": {"platform_weibo"},
                     "extract__forum": {"platform_discourse"}, "extract__news": {"platform_rss"}}


def test_schedules_come_from_config(dags: dict[str, Any]) -> None:
    schedules = {dag_id: dag.schedule.expression for dag_id, dag in dags.items() if dag_id.startswith("extract__")}
    assert schedules["extract__x"] == schedules["extract__news"] == "*/10 * * * *"
    assert {schedules[f"extract__{s}"] for s in ("vk", "weibo", "forum")} == {"0 * * * *"}


def test_nothing_catches_up_and_runs_never_overlap(dags: dict[str, Any]) -> None:
    assert all(dag.catchup is False and dag.max_active_runs == 1 for dag in dags.values())


def test_every_failed_task_reaches_a_person_and_is_retried(dags: dict[str, Any]) -> None:
    from dags.work import notify

    tasks = [task for dag in dags.values() for task in dag.tasks]
    assert tasks
    for task in tasks:
        callbacks = task.partial_kwargs.get("on_failure_callback") if hasattr(task, "partial_kwargs") else task.on_failure_callback
        assert notify in (callbacks if isinstance(callbacks, list | tuple) else [callbacks]), task.task_id
        assert task.retries >= 2, task.task_id


def test_who_waits_for_the_marts_leaves_the_machine_to_their_build(dags: dict[str, Any]) -> None:
    waits = [dag.get_task("marts_ready") for dag_id, dag in dags.items() if dag_id.startswith("deliver__")]
    assert sum(SECONDS_OF_A_LOOK / task.poke_interval for task in waits) < 0.75, "of one core"
    assert {(task.mode, task.priority_weight) for task in waits} == {("reschedule", 0)}
    assert dags["marts"].get_task("gate_marts").priority_weight > 0, "the build's last step goes first where slots are few"


def test_marts_are_gated_before_and_after(dags: dict[str, Any]) -> None:
    marts = dags["marts"]
    assert marts.get_task("build").upstream_task_ids == {"gate_inputs"}
    assert marts.get_task("gate_marts").upstream_task_ids == {"build"}
    assert [asset.uri for asset in marts.get_task("gate_marts").outlets] == ["renown://marts/"] or \
        [asset.uri for asset in marts.get_task("gate_marts").outlets] == ["renown://marts"]


def test_enrichment_follows_every_source(dags: dict[str, Any]) -> None:
    uris = {asset.uri for asset in _flat(dags["enrich"].timetable.asset_condition)}
    assert {uri.rsplit("/", 1)[1] for uri in uris} == {"x", "vk", "weibo", "forum", "news"}
    for source in ("x", "vk", "weibo", "forum", "news"):
        (outlet,) = dags[f"extract__{source}"].get_task("extract").outlets
        assert outlet.uri in uris


def test_unapproved_sources_get_no_dag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (REPOSITORY / "config").glob("*.yml"):
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text.replace("    terms: approved", "    terms: unreviewed", 1), "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path))
    monkeypatch.delitem(sys.modules, "dags.extract", raising=False)  # a reload would keep the old DAGs' names
    module = importlib.import_module("dags.extract")
    names = {name for name, value in vars(module).items() if type(value).__name__ == "DAG" and name.startswith("extract__")}
    fresh = {s.id for s in load_settings(tmp_path).sources.sources if s.terms == "approved"}
    assert len(fresh) == 4
    assert names == {f"extract__{source}" for source in fresh}


def test_comply_asks_the_sources_that_want_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (REPOSITORY / "config").glob("*.yml"):
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text.replace("options: {search: all}", "options: {search: all, compliance: true}"), "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path))
    monkeypatch.delitem(sys.modules, "dags.comply", raising=False)
    dag = importlib.import_module("dags.comply").comply
    assert [(task.task_id, task.pool) for task in dag.tasks] == [("comply__x", "platform_x")]


def test_a_backfill_reads_its_own_interval(dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from dags import work

    seen: list[Any] = []
    monkeypatch.setattr(work, "extract_source", lambda *given: seen.append(given))
    call = dags["extract__vk"].get_task("extract").python_callable
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC)
    for kind in ("backfill", "scheduled"):
        call(dag_run=SimpleNamespace(run_type=kind), data_interval_start=start, data_interval_end=end, run_id="r")
    assert seen == [("vk", "r", (start, end)), ("vk", "r", None)]


def _forbidden(name: str) -> Any:
    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise AssertionError(f"a DAG file called {name} at import")
    return refuse


def _read_only(real: Any) -> Any:
    def careful(file: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        assert not set(mode) & set("wax+"), f"a DAG file opened {file} for writing at import"
        return real(file, mode, *arguments, **keywords)
    return careful


def _flat(condition: Any) -> list[Any]:
    inner = getattr(condition, "objects", None)
    return [condition] if inner is None else [leaf for part in inner for leaf in _flat(part)]


def test_somebody_looks_for_alerts_after_each_build_and_every_five_minutes(dags: dict[str, Any]) -> None:
    schedule = dags["watch"].schedule
    assert schedule.timetable.expression == "*/5 * * * *"
    assert type(schedule.asset_condition).__name__ == "AssetAny", "a gate that fails or lasts does not hold back what the build shows"
    assert [asset.uri.rstrip("/") for asset in schedule.asset_condition.objects] == ["renown://marts/built", "renown://marts"]
    assert [asset.uri for asset in dags["marts"].get_task("build").outlets] == ["renown://marts/built"]
    assert dags["watch"].get_task("look").retries == 2


def test_extracts_follow_the_marts_beside_the_look_for_alerts(dags: dict[str, Any]) -> None:
    schedule = dags["extracts"].schedule
    assert [asset.uri.rstrip("/") for asset in _flat(schedule) for asset in (asset if isinstance(asset, list) else [asset])] == ["renown://marts"]
    assert dags["extracts"].get_task("reissue").retries == 2


@pytest.mark.parametrize(("given", "address"), [
    ("smtp://robot%40bank.example:p%40ss@mail.bank.example:587/?disable_ssl=true&from_email=renown%40bank.example",
     "smtp://robot%40bank.example:p%40ss@mail.bank.example:587?from=renown%40bank.example&starttls=yes"),
    ("smtp://mail.bank.example:25/?disable_ssl=True&disable_tls=True", "smtp://mail.bank.example:25?starttls=no"),
    ("smtp://mail.bank.example", "smtps://mail.bank.example?"),
    ("sftp://u:p@files.bank.example:2222/?host_key=ssh-ed25519+AAAA", "sftp://u:p@files.bank.example:2222/?host_key=ssh-ed25519+AAAA"),
    ('{"conn_type": "generic", "password": "slack://a/b/c"}', "slack://a/b/c"),
])
def test_airflow_s_connections_are_addresses_of_channels(given: str, address: str, dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from dags import connections

    monkeypatch.delenv("RENOWN_SMTP_URL", raising=False)
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", given)
    assert connections.address("smtp_default") == address
    monkeypatch.setenv("RENOWN_SMTP_URL", "smtp://ours")
    assert connections.address("smtp_default") == "smtp://ours", "the environment comes first"


def test_a_task_delivers_with_airflow_s_connections_and_a_backfill_its_own_window(monkeypatch: pytest.MonkeyPatch) -> None:
    from dags import connections, work

    seen: list[Any] = []
    room, tick, caught_up = importlib.import_module("delivery.turns"), datetime(2026, 2, 2, 7, tzinfo=UTC), list[Any]()
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    monkeypatch.setattr(room, "deliver", lambda *_, window_end, credentials, **__: seen.append((window_end, credentials)) or "sent")
    monkeypatch.setattr(room, "missed", lambda *_, window_end, **__: caught_up.append(window_end) or [])
    monkeypatch.setattr(room, "restated", lambda *_, credentials, **__: seen.append(credentials) or [])
    assert work.deliver_subscription("care_weekly", tick) == "sent"
    assert work.deliver_subscription("care_weekly", tick, is_backfill=True) == "sent"
    assert seen == [(None, connections.address), connections.address, (tick, connections.address), connections.address]
    monkeypatch.delenv("RENOWN_AS_OF")
    work.deliver_subscription("care_weekly", tick)
    assert seen[-2] == (tick, connections.address)
    assert caught_up == [None, tick], "a backfill asks for its own ticks one by one"


def test_a_run_s_window_ends_with_its_own_tick() -> None:
    from types import SimpleNamespace

    from dags.deliver import _window_end

    tick, now = datetime(2026, 2, 2, 7, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    assert _window_end(SimpleNamespace(run_type="backfill", run_after=tick)) == tick
    assert _window_end(SimpleNamespace(run_type="scheduled", run_after=tick)) == tick
    assert _window_end(SimpleNamespace(run_type="manual", run_after=now)) is None


def test_a_run_waits_four_hours_for_the_marts_and_less_than_its_sensor(dags: dict[str, Any]) -> None:
    from datetime import timedelta
    from types import SimpleNamespace

    from dags.deliver import WAIT, _has_waited

    now = datetime.now(UTC)
    assert [_has_waited(SimpleNamespace(start_date=now - ago)) for ago in (timedelta(0), WAIT - timedelta(minutes=1), WAIT)] == [False, False, True]
    waits = [dag.get_task("marts_ready") for dag_id, dag in dags.items() if dag_id.startswith("deliver__")]
    assert all(task.timeout > (WAIT + timedelta(minutes=30)).total_seconds() for task in waits), "a look after the wait delivers"


def test_extracts_are_published_again_with_the_environment_s_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from contextlib import nullcontext

    from bi.tableau.publish import Site
    from dags import work
    from delivery.extracts import Extract
    from delivery.reissue import Place
    from settings import RenownError

    seen: list[Any] = []

    def reissue(*_: Any, publish: Any) -> Any:
        yield Extract("sales", tmp_path / "sales.hyper", "removed")
        publish(Place("https://tableau", "bank", "Cards"), tmp_path / "cards.hyper")

    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setattr(importlib.import_module("warehouse.connection"), "connect", lambda _: nullcontext())
    monkeypatch.setattr(importlib.import_module("delivery.reissue"), "reissue", reissue)
    monkeypatch.setattr(importlib.import_module("bi.tableau.publish"), "publish", lambda *given: seen.append(given))
    with pytest.raises(RenownError, match="no credential for Tableau"):
        work.reissue_extracts()
    assert "sales: no such department any more" in capsys.readouterr().out
    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN_NAME", "ours")
    monkeypatch.setenv("RENOWN_TABLEAU_TOKEN", "secret")
    assert work.reissue_extracts() == ["sales"]
    assert seen == [(Site("https://tableau", "bank", "ours", "secret"), "Cards", [tmp_path / "cards.hyper"])]


@pytest.mark.parametrize("waits", [False, True])
def test_a_deletion_alone_makes_the_marts_anew(waits: bool, dags: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.exceptions import AirflowSkipException

    from dags import work

    made: list[str] = []
    for name, said in (("snapshot_due", False), ("marts_stale", False), ("deletions_wait", waits)):
        monkeypatch.setattr(work, name, lambda said=said: said)
    monkeypatch.setattr(work, "snapshot", lambda: made.append("labels"))
    call = dags["enrich"].get_task("snapshots").python_callable
    if waits:
        assert call(counts=[0, 0]) == 0
    else:
        with pytest.raises(AirflowSkipException):
            call(counts=[0, 0])
    assert bool(made) == waits
