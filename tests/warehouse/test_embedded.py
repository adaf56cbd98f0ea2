"""The embedded server: starts, survives SIGKILL, keeps its data, leaves strangers' ports alone, tells what is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from settings import RenownError
from settings.home import read_home, update_home
from warehouse import embedded


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    yield folder
    embedded.stop(folder, "immediate")


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
        assert row is not None
        return int(row[0])


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_starts_once_and_is_found_again(home: Path) -> None:
    url = embedded.ensure_running(home)
    pid = _postmaster(home)
    assert embedded.ensure_running(home) == url
    assert _postmaster(home) == pid


def test_survives_sigkill_with_its_rows(home: Path) -> None:
    url = embedded.ensure_running(home)
    with psycopg.connect(url) as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as n")
    os.kill(_postmaster(home), signal.SIGKILL)
    assert _count(embedded.ensure_running(home)) == 1000


def test_listens_on_loopback_with_a_password(home: Path) -> None:
    url = embedded.ensure_running(home)
    with psycopg.connect(url) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(url.split(":")[2].split("@")[0], "wrong"), connect_timeout=5)
    assert os.stat(home / "home.json").st_mode & 0o077 == 0


def test_a_socket_stands_beside_the_port(home: Path) -> None:
    url = embedded.ensure_running(home)
    folder = read_home(home)["postgres_socket"]
    with psycopg.connect(url, host=folder) as connection:
        assert connection.execute("select inet_client_addr()").fetchone() == (None,)


def test_a_port_taken_meanwhile_is_replaced(home: Path) -> None:
    embedded.ensure_running(home)
    embedded.stop(home)
    port = read_home(home)["postgres_port"]
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        assert not embedded.answers(home)
        assert f":{port}/" not in embedded.ensure_running(home)


def test_a_fixed_port_that_is_taken_is_an_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        monkeypatch.setenv("RENOWN_PG_PORT", str(port))
        with pytest.raises(RenownError, match=f"port {port}.*taken"):
            embedded.ensure_running(home)


def test_two_homes_side_by_side(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    try:
        assert embedded.ensure_running(home) != embedded.ensure_running(other)
        assert embedded.answers(home)
        assert embedded.answers(other)
    finally:
        embedded.stop(other, "immediate")


def test_running_stops_only_what_it_started(home: Path) -> None:
    with embedded.running(home):
        with embedded.running(home):
            pass
        assert embedded.answers(home)
    assert not embedded.answers(home)


def test_an_initialisation_killed_half_way_is_begun_again(home: Path) -> None:
    data = home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "half").write_text("")
    assert embedded.ensure_running(home)


def test_someone_elses_server_is_not_ours(home: Path, server_home: Path) -> None:
    other = embedded.ensure_running(server_home)
    update_home(home, warehouse_url=other)
    (home / "postgres" / "data").mkdir(parents=True)
    (home / "postgres" / "data" / "postmaster.pid").write_text("1\n")
    assert not embedded.answers(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small tmpfs")
def test_a_full_disk_is_one_clear_line_and_heals(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("this machine does not let the test mount a tmpfs")
    try:
        with pytest.raises(RenownError, match=r"did not start .*[Nn]o space left"):
            embedded.ensure_running(small / "home")
        subprocess.run(["mount", "-o", "remount,size=600m", str(small)], check=True)
        assert embedded.ensure_running(small / "home")
        embedded.stop(small / "home", "immediate")
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
