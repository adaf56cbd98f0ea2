"""An extract that leaves row security behind holds one department's rows only, and is known to be stale as soon as something was deleted."""

from __future__ import annotations

import importlib.util
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from delivery import extracts
from delivery.reissue import Place, note_published, reissue
from settings import RenownError
from tests.delivery.test_reading import Configure, configure, url  # noqa: F401
from warehouse.connection import connect

MARTS = ("mart_waiting", "mart_counts")


def told(file: Path) -> dict[str, list[dict[str, Any]]]:
    return {part["mart"]: part["rows"] for part in json.loads(file.read_text("utf-8"))["extracts"]}


def test_it_holds_the_departments_rows_with_people_hidden(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings = configure(granted="true")
    with connect(url) as connection:
        cards = extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        atms = extracts.write(connection, settings, tmp_path, "atms", MARTS, "json")
    assert [(row["case_id"], row["author_id"]) for row in told(cards.file)["mart_waiting"]] == [("1", None), ("3", None)], (
        "never with people, granted or not"
    )
    assert [row["case_id"] for row in told(atms.file)["mart_waiting"]] == ["2"]
    assert (cards.rows, cards.state) == ({"mart_waiting": 2, "mart_counts": 1}, "current")
    manifest = json.loads((tmp_path / "cards.manifest.json").read_text("utf-8"))
    assert (manifest["read_as"], manifest["made_at"][:10]) == ("department_cards", "2026-03-30")
    assert cards.file.stat().st_mode & 0o077 == 0


def test_all_that_the_department_may_read_is_in_it(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    with connect(url) as connection:
        made = extracts.write(connection, configure(), tmp_path, "cards", kind="json")
    assert set(told(made.file)) == {"mart_waiting", "mart_counts"}, "what is closed is not"


def test_a_deletion_makes_it_stale_and_a_new_one_is_current(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings = configure()
    with connect(url) as connection:
        assert extracts.state(connection, tmp_path, "cards", "json").state == "missing"
        extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        assert extracts.state(connection, tmp_path, "cards", "json").state == "current"
        connection.execute(
            "insert into core.deletions (mention_id, observed_at, basis) values (%s, now(), 'author')", (uuid.uuid4(),)
        )
        connection.commit()
        assert extracts.state(connection, tmp_path, "cards", "json").state == "stale"
        with pytest.raises(RenownError, match="deletions wait for the marts"):
            extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        connection.execute("create schema marts_changes")
        connection.execute("create table marts_changes.mentions as select mention_id from core.deletions")
        connection.execute("delete from ops.mart_changes")
        connection.commit()
        with pytest.raises(RenownError, match="deletions wait for the marts"):  # a build began and was killed
            extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        connection.execute("drop schema marts_changes cascade")
        connection.execute("delete from marts_rows.mart_waiting where case_id = '1'")
        connection.commit()
        made = extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        assert [row["case_id"] for row in told(made.file)["mart_waiting"]] == ["3"]
        assert extracts.state(connection, tmp_path, "cards", "json").state == "current"
        connection.execute(
            "insert into core.deletions (mention_id, observed_at, basis, loaded_at) select %s, observed_at, basis, loaded_at - interval '1 hour'"
            " from core.deletions limit 1",
            (uuid.uuid4(),),
        )
        assert extracts.state(connection, tmp_path, "cards", "json").state == "stale", "laid earlier, committed later"
        connection.rollback()
        assert extracts.state(connection, tmp_path, "cards", "json").state == "current"
        connection.execute("update core.deletions set undone_at = clock_timestamp()")
        assert extracts.state(connection, tmp_path, "cards", "json").state == "stale", "taken back"


def test_a_deletion_taken_back_once_more_makes_it_stale(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    with connect(url) as connection:
        connection.execute("insert into core.deletions (mention_id, observed_at, basis, loaded_at, undone_at)"
                           " values (gen_random_uuid(), now(), 'author', now() - interval '2 hours', now() - interval '1 hour')")
        connection.execute("delete from ops.mart_changes")
        connection.commit()
        extracts.write(connection, configure(), tmp_path, "cards", MARTS, "json")
        assert extracts.state(connection, tmp_path, "cards", "json").state == "current"
        connection.execute("update core.deletions set undone_at = clock_timestamp()")
        assert extracts.state(connection, tmp_path, "cards", "json").state == "stale", "as many as before, at another time"


def test_what_was_asked_for_once_is_written_anew_when_its_marts_move(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings = configure()
    with connect(url) as connection:

        def again() -> list[str]:
            return [made.department for made in reissue(connection, settings, tmp_path, "json")]

        assert again() == [], "nobody asked for one"
        made = extracts.write(connection, settings, tmp_path, "cards", MARTS[:1], "json")
        extracts.write(connection, settings, tmp_path, "atms", kind="json")
        assert again() == [], "nothing moved"
        connection.execute("insert into ops.publications (as_of, config_version, definition_version) values (now(), 'c', 'd')")
        connection.execute("delete from marts_rows.mart_waiting where case_id = '1'")
        connection.commit()
        assert again() == ["atms", "cards"]
        assert [row["case_id"] for row in told(made.file)["mart_waiting"]] == ["3"]
        assert set(told(made.file)) == {"mart_waiting"}, "the marts that it was asked with"
        assert again() == []
        (tmp_path / "atms.json").unlink()  # as an erasure leaves it: the manifest alone
        assert again() == ["atms"]
        connection.execute("insert into core.deletions (mention_id, observed_at, basis) values (gen_random_uuid(), now(), 'author')")
        connection.commit()
        assert again() == [], "the marts still show what was deleted; the build that takes it asks again"
        connection.execute("delete from ops.mart_changes")
        connection.commit()
        assert again() == ["atms", "cards"]


PUBLISHED = "insert into ops.publications (as_of, config_version, definition_version) values (now(), 'c', 'd')"
SERVER = Place("https://tableau.bank.example", "", "Cards")


def test_one_extract_holds_up_no_other(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings, done = configure(), list[tuple[str, str]]()
    with connect(url) as connection:
        for department in ("atms", "cards", "hr", "claims"):
            extracts.write(connection, settings, tmp_path, department, MARTS, "json")
        (tmp_path / "cards.json").rename(tmp_path / "sales.json")  # as of a department that was taken out of config
        (tmp_path / "cards.manifest.json").rename(tmp_path / "sales.manifest.json")
        said = json.loads((tmp_path / "atms.manifest.json").read_text("utf-8"))
        (tmp_path / "atms.manifest.json").write_text(json.dumps({**said, "asked": ["mart_secret"]}), "utf-8")
        (tmp_path / "claims.manifest.json").write_text("{", "utf-8")
        connection.execute(PUBLISHED.encode())
        connection.commit()
        with pytest.raises(RenownError, match=r"^atms: marts.mart_secret is closed to departments.*; claims: .*claims.manifest.json is no JSON"):
            done.extend((made.department, made.state) for made in reissue(connection, settings, tmp_path, "json"))
        assert done == [("hr", "current"), ("sales", "removed")]
    assert sorted(path.name for path in tmp_path.glob("*.json") if path.name.startswith(("sales", "hr"))) == ["hr.json", "hr.manifest.json"]


def test_what_was_published_is_published_again_until_it_is_there(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings, sent, answers = configure(), list[tuple[Place, bytes]](), list[Exception]()

    def publish(place: Place, file: Path) -> None:
        if answers:
            raise answers.pop()
        sent.append((place, file.read_bytes()))

    with connect(url) as connection:

        def again() -> list[str]:
            return [made.department for made in reissue(connection, settings, tmp_path, "json", publish)]

        made = extracts.write(connection, settings, tmp_path, "cards", MARTS, "json")
        other = Place("https://tableau.bank.example", "", "Retail/Cards")
        note_published(made.file, SERVER)
        note_published(made.file, other)
        note_published(made.file, SERVER)
        note_published(tmp_path / "mart_leads.tds", SERVER)
        assert again() == []
        assert sent == [], "what stands there is as it is here"
        connection.execute("delete from marts_rows.mart_waiting where case_id = '1'")
        connection.execute(PUBLISHED.encode())
        connection.commit()
        answers.append(RenownError("no credential for Tableau"))
        with pytest.raises(RenownError, match=r"cards: what stands in project Retail/Cards on \S+ is older: no credential for Tableau"):
            again()
        assert [place for place, _ in sent] == [SERVER]
        assert again() == [], "written anew already"
        assert [place for place, _ in sent] == [SERVER, other]
        assert {held for _, held in sent} == {made.file.read_bytes()}
        again()
        assert len(sent) == 2


def test_a_file_that_was_changed_is_not_ours(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    with connect(url) as connection:
        made = extracts.write(connection, configure(), tmp_path, "cards", MARTS, "json")
        made.file.write_text("{}")
        assert extracts.state(connection, tmp_path, "cards", "json").state == "missing"


def test_a_failure_leaves_the_old_file_whole(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    settings = configure()
    with connect(url) as connection:
        before = extracts.write(connection, settings, tmp_path, "cards", MARTS, "json").file.read_bytes()
        for wrong, said in (("mart_secret", "closed to departments"), ("mart_nowhere", "does not exist")):
            with pytest.raises(RenownError, match=said):
                extracts.write(connection, settings, tmp_path, "cards", (wrong,), "json")
        with pytest.raises(RenownError, match="there is no department 'sales'"):
            extracts.write(connection, settings, tmp_path, "sales", MARTS, "json")
        assert extracts.state(connection, tmp_path, "cards", "json").file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["cards.json", "cards.manifest.json"]


def test_hyper_opens_or_says_what_is_missing(url: str, configure: Configure, tmp_path: Path) -> None:  # noqa: F811
    with connect(url) as connection:
        if importlib.util.find_spec("tableauhyperapi") is None:
            with pytest.raises(RenownError, match="needs the Tableau Hyper API, which is not installed"):
                extracts.write(connection, configure(), tmp_path, "cards", MARTS)
            assert not (tmp_path / "cards.hyper").exists()
            return
        made = extracts.write(connection, configure(), tmp_path, "cards", MARTS)
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    with (
        HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""}) as process,
        Connection(process.endpoint, str(made.file)) as opened,
    ):
        assert opened.execute_list_query('select case_id from "Extract"."mart_waiting" order by 1') == [["1"], ["3"]]
