"""`renown subscriptions` as a user meets it: shown before written, refused with the mend, sent once, sent again with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from settings import load_settings
from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line
from warehouse.connection import connect
from warehouse.roles import ensure_groups

MARTS = """
create table marts.mart_leads (bank_id text, platform text, period_type text, period_start date, lead_count bigint);
insert into marts.mart_leads values ('velmora', 'x', 'week', '2026-03-23', 4), ('velmora', 'vk', 'week', '2026-03-23', 2);
select ops.class_mart('mart_leads', 'open');
create table marts_rows.mart_open_cases (case_id text, department_id text, opening_url text);
insert into marts_rows.mart_open_cases values ('1', 'cards', 'https://x.example/1'), ('2', 'atms', 'https://x.example/2');
select ops.publish_rows('mart_open_cases', $$
    select case_id, department_id, case when ops.reads_personal() then opening_url end as opening_url from marts_rows.mart_open_cases
    where ops.sees_every_row() or department_id = any (ops.my_departments())$$, '{}');
"""
SUBSCRIPTIONS = """# who gets what
subscriptions:
  # the card people
  - {id: queue, department: cards, owner: me, mart: mart_open_cases, schedule: "0 7 * * 1", channel: {kind: folder, path: out}}
"""
LEADS = ("--yes", "--id", "leads", "--department", "marketing", "--mart", "mart_leads", "--columns", "platform, lead_count",
         "--filter", "platform in [x, vk]", "--filter", "lead_count >= 3", "--window-column", "period_start", "--format", "csv", "--language", "tr")


@pytest.fixture
def bank(renown: Renown, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The config folder of a bank with two marts and one subscription."""
    with connect(warehouse_url) as connection:
        connection.execute(MARTS.encode())
        ensure_groups(connection, load_settings(REPOSITORY / "config"))
    folder = tmp_path / "config"
    folder.mkdir()
    for path in (REPOSITORY / "config").glob("*.yml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "subscriptions.yml").write_text(SUBSCRIPTIONS, "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(folder))
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    return folder


def test_a_preview_is_seen_with_the_department_s_eyes(renown: Renown, bank: Path) -> None:
    outcome = renown("subscriptions", "preview", "queue")
    assert outcome.code == 0, outcome.err
    assert "cards" in outcome.out
    assert "atms" not in outcome.out
    assert "x.example" not in outcome.out, "people are hidden"


def test_a_subscription_is_added_beside_the_comments_after_its_rows_were_shown(renown: Renown, bank: Path) -> None:
    outcome = renown("subscriptions", "add", *LEADS)
    assert outcome.code == 0, outcome.err
    assert "Bizi düşünenler" in outcome.out, "headings in Turkish"
    text = (bank / "subscriptions.yml").read_text("utf-8")
    assert text.startswith(SUBSCRIPTIONS)
    added = load_settings(bank).subscriptions.subscriptions[1]
    assert (added.id, added.columns, added.format, added.language) == ("leads", ["platform", "lead_count"], "csv", "tr")
    assert [(c.column, c.op, c.value) for c in added.filters] == [("platform", "in", ["x", "vk"]), ("lead_count", ">=", 3)]
    sent = renown("subscriptions", "run", "leads")
    assert "1 rows from 2026-03-23 to 2026-03-29" in sent.out


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (("--columns", "platform, person"), "mart_leads has no column 'person'"),
        (("--filter", "weather = bad"), "mart_leads has no column 'weather'"),
        (("--filter", "drop table"), "is no condition"),
        (("--schedule", "whenever"), "is no cron expression"),
        (("--id", "queue"), "is there already"),
        (("--format", "pdf"), "it takes no mart"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(renown: Renown, bank: Path, changed: tuple[str, str], what: str) -> None:
    outcome = renown("subscriptions", "add", *LEADS, *changed)
    assert outcome.code == 2
    assert what in one_clear_line(outcome)
    assert (bank / "subscriptions.yml").read_text("utf-8") == SUBSCRIPTIONS


def test_sent_once_and_again_with_a_reason_and_listed(renown: Renown, bank: Path, tmp_path: Path) -> None:
    assert "1 rows" in renown("subscriptions", "run", "queue").out
    assert "already sent" in renown("subscriptions", "run", "queue").out
    assert renown("subscriptions", "resend", "queue").code == 2, "a reason is asked for"
    assert renown("subscriptions", "resend", "queue", "--why", "lost").code == 0
    assert len(list((tmp_path / "home" / "out").iterdir())) == 2
    [row] = json.loads(renown("subscriptions", "list", "--json").out)
    assert (row["id"], row["status"], row["issue"], row["rows"]) == ("queue", "sent", 2, 1)


def test_what_its_link_asked_for_is_listed_and_settled_and_a_person_has_it(renown: Renown, bank: Path, warehouse_url: str) -> None:
    from delivery import requests

    assert renown("subscriptions", "ack", "queue").code == 2, "nothing was sent yet"
    renown("subscriptions", "run", "queue")
    assert renown("subscriptions", "ack", "queue", "--by", "a stranger").code == 2
    assert renown("subscriptions", "ack", "queue").code == 0
    with connect(warehouse_url) as connection:
        assert connection.execute("select count(confirmed_at) from ops.delivery_recipients").fetchone() == (1,)
        requests.ask(connection, "queue", "", "stop")
        requests.ask(connection, "queue", "", "change", "add a column")
    listed = json.loads(renown("subscriptions", "requests", "--json").out)
    assert [(row["kind"], row["said"]) for row in listed] == [("stop", ""), ("change", "add a column")]
    assert "stopped by its link" in renown("subscriptions", "run", "queue", "--until", "2026-03-23").out
    assert json.loads(renown("subscriptions", "list", "--json").out)[0]["status"] == "stopped"
    assert renown("subscriptions", "requests", "--settle", str(listed[0]["request"])).code == 0
    assert "no open request" in one_clear_line(renown("subscriptions", "requests", "--settle", str(listed[0]["request"])))
    assert "1 rows" in renown("subscriptions", "run", "queue", "--until", "2026-03-23").out


def test_a_subscription_by_e_mail_is_added(renown: Renown, bank: Path) -> None:
    assert renown("subscriptions", "add", *LEADS, "--to", "a@bank.example, b@bank.example", "--conn-id", "own_mail").code == 0
    channel = load_settings(bank).subscriptions.subscriptions[1].channel
    assert (channel.kind, channel.to, channel.conn_id) == ("email", ["a@bank.example", "b@bank.example"], "own_mail")
    assert "channel.to.0" in one_clear_line(renown("subscriptions", "add", *LEADS, "--id", "other", "--channel", "email", "--to", "nobody"))
    assert "takes no path" in one_clear_line(renown("subscriptions", "add", *LEADS, "--id", "other", "--channel", "chat", "--path", "x"))
    wrong = renown("subscriptions", "add", *LEADS, "--id", "other", "--channel", "s3", "--path", "../up")
    assert (wrong.code, "climbs out" in one_clear_line(wrong)) == (2, True)
