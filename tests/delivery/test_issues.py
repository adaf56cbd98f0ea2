"""The ledger's later issues: sent again with a reason, restated, corrected; cut off in between and healed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from delivery import deliver, ledger, restated, turn
from delivery.channels import folder as folder_channel
from delivery.turns import LOOK_BACK
from settings import RenownError, Settings
from tests.delivery.test_deliver import Killed, cells, configure, execute, files, mart_url  # noqa: F401
from warehouse.connection import connect

Configure = Callable[..., Settings]
FIRST, SECOND = "care_2026-03-23_2026-03-29.xlsx", "care_2026-03-23_2026-03-29_2.xlsx"
PUBLISH = "insert into ops.publications (as_of, config_version, definition_version) values (now(), 'c', 'd')"
CHANGE = "update marts.mart_care set case_count = 13 where case_count = 12"


def told(url: str, columns: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(f"select {columns} from ops.deliveries order by window_start, issue".encode()).fetchall()


def correcting(settings: Settings) -> Settings:
    subs = [sub.model_copy(update={"corrections": True}) for sub in settings.subscriptions.subscriptions]
    return settings.model_copy(update={"subscriptions": settings.subscriptions.model_copy(update={"subscriptions": subs})})


def test_the_ledger_says_to_whom_how_and_over_what(mart_url: str, configure: Configure) -> None:  # noqa: F811
    execute(mart_url, PUBLISH)
    deliver(configure(), "care", url=mart_url)
    [(department, recipients, role, publication, acknowledged, duplicate)] = told(
        mart_url, "department_id, recipients, read_as, publication_id, acknowledged_at is not null, maybe_duplicate")
    assert (department, recipients, role) == ("service_quality", ["someone@bank.example"], "department_service_quality")
    assert (publication is not None, acknowledged, duplicate) == (True, True, False)


def test_sent_again_only_with_a_reason_and_beside_the_first(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure()
    with pytest.raises(RenownError, match=r"nothing was sent for 2026-03-23"):
        deliver(settings, "care", url=mart_url, why="lost")
    deliver(settings, "care", url=mart_url)
    with pytest.raises(RenownError, match="the reason is empty"):
        deliver(settings, "care", url=mart_url, why=" ")
    again = deliver(settings, "care", url=mart_url, why="the department lost it")
    assert (again.status, again.issue, again.file.name) == ("sent", 2, SECOND)
    assert files(settings) == [FIRST, SECOND]
    assert told(mart_url, "issue, reason, status") == [(1, None, "sent"), (2, "the department lost it", "sent")]
    notes = [row[1] for row in cells(again.file, "Coverage") if row[0] == "note"]
    assert "Sent again: the department lost it" in notes
    assert deliver(settings, "care", url=mart_url).status == "already_sent"
    assert len(told(mart_url, "issue")) == 2


@pytest.mark.parametrize("where", ["rendered", "handed", "sent"])
def test_cut_off_while_sending_again_the_next_run_finishes_that_issue(
    where: str, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = configure()
    deliver(settings, "care", url=mart_url)
    original = getattr(ledger, where)

    def dies(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ledger, where, dies)
        with pytest.raises(Killed):
            deliver(settings, "care", url=mart_url, why="lost")
    restated(settings, "care", url=mart_url)
    assert files(settings) == [FIRST, SECOND]
    assert told(mart_url, "issue, reason, status") == [(1, None, "sent"), (2, "lost", "sent")]


def test_taken_away_before_it_was_noted_it_comes_once_more_and_is_marked(
    mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = configure()

    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "taken", dies)
        with pytest.raises(Killed):
            deliver(settings, "care", url=mart_url)
    (settings.home / "out" / FIRST).unlink()  # the department moved it
    result = deliver(settings, "care", url=mart_url)
    assert "may have arrived before" in result.note
    assert told(mart_url, "status, issue, maybe_duplicate") == [("sent", 1, True)]


def test_cut_off_while_copying_is_no_duplicate(mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    settings = configure()

    def half(source: Any, folder: Any, name: str) -> None:
        folder.mkdir(parents=True)
        folder_channel.hidden(folder, name).write_bytes(b"half")
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folder_channel, "place", half)
        with pytest.raises(Killed):
            deliver(settings, "care", url=mart_url)
    deliver(settings, "care", url=mart_url)
    assert told(mart_url, "status, maybe_duplicate") == [("sent", False)]
    assert files(settings) == [FIRST]


def test_what_was_restated_is_marked_and_what_was_not_is_not(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure()
    deliver(settings, "care", url=mart_url)
    deliver(settings, "care", url=mart_url, window_end=datetime(2026, 3, 23, 6, tzinfo=UTC))
    execute(mart_url, CHANGE)
    assert restated(settings, "care", url=mart_url) == [], "nothing was published anew"
    execute(mart_url, PUBLISH)
    [line] = restated(settings, "care", url=mart_url)
    assert "2026-03-23 to 2026-03-29 (Europe/Berlin) was restated" in line
    assert told(mart_url, "outdated_at is not null, checked_publication_id = (select max(publication_id) from ops.publications)") == [
        (False, True), (True, True)]
    assert restated(settings, "care", url=mart_url) == [], "told once"
    assert files(settings) == ["care_2026-03-16_2026-03-22.xlsx", FIRST], "no correction was asked for"


def test_a_correction_is_sent_where_asked_for_and_once(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = correcting(configure())
    deliver(settings, "care", url=mart_url)
    execute(mart_url, CHANGE)
    execute(mart_url, PUBLISH)
    assert len(restated(settings, "care", url=mart_url)) == 2
    assert restated(settings, "care", url=mart_url) == []
    assert files(settings) == [FIRST, SECOND]
    assert [row[3] for row in cells(settings.home / "out" / SECOND)[1:]] == [3, 13]
    assert told(mart_url, "issue, outdated_at is not null, reason like 'restated by publication%'") == [(1, True, None), (2, False, True)]


def test_a_correction_that_was_cut_off_before_it_began_is_sent_by_the_next(
    mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    settings = correcting(configure())
    deliver(settings, "care", url=mart_url)
    execute(mart_url, CHANGE)
    execute(mart_url, PUBLISH)
    original = ledger.looked_at

    def dies(*args: Any, **kwargs: Any) -> None:
        original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "looked_at", dies)
        with pytest.raises(Killed):
            restated(settings, "care", url=mart_url)
    restated(settings, "care", url=mart_url)
    assert files(settings) == [FIRST, SECOND]
    assert LOOK_BACK >= 2


def test_a_window_that_fails_holds_up_no_other(mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    settings, place, again = correcting(configure()), folder_channel.place, datetime(2026, 3, 23, 6, tzinfo=UTC)
    older, newest = "care_2026-03-16_2026-03-22.xlsx", "care_2026-03-30_2026-04-05.xlsx"
    deliver(settings, "care", url=mart_url)
    deliver(settings, "care", url=mart_url, window_end=again)
    execute(mart_url, "update marts.mart_care set case_count = case_count + 1")
    execute(mart_url, PUBLISH)

    def full(source: Any, folder: Any, name: str) -> None:
        if name in (SECOND, newest):
            raise OSError("disk full at s3cret")
        place(source, folder, name)

    with monkeypatch.context() as patch:
        patch.setattr(folder_channel, "place", full)
        with pytest.raises(RenownError, match="OSError") as caught:
            list(turn(settings, "care", url=mart_url, window_end=datetime(2026, 4, 6, 6, tzinfo=UTC)))
    assert "s3cret" not in str(caught.value)
    assert told(mart_url, "issue, status, attempts") == [(1, "sent", 1), (2, "sent", 1), (1, "sent", 1), (2, "failed", 2), (1, "failed", 2)]
    assert files(settings) == [older, older.replace(".xlsx", "_2.xlsx"), FIRST], "the older one has its correction"
    assert len(list(turn(settings, "care", url=mart_url, window_end=datetime(2026, 4, 6, 6, tzinfo=UTC)))) == 2
    assert [SECOND in files(settings), newest in files(settings)] == [True, True]


def test_a_state_without_a_window_is_never_restated(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure(window_column="null")
    deliver(settings, "care", url=mart_url)
    execute(mart_url, CHANGE)
    execute(mart_url, PUBLISH)
    assert restated(settings, "care", url=mart_url) == []
    assert told(mart_url, "outdated_at is null, checked_publication_id is not null") == [(True, True)]
