"""A real WordPress on loopback, from the Debian packages: database, PHP's own server, and a person who writes, edits and deletes.

    apt-get install ──► copy of /usr/share/wordpress ──► mariadbd (no grants, loopback) ──► wp_install() ──► php -S
Every process is in a session of its own and is ended by its id.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = ("wordpress", "mariadb-server", "php-cli", "php-mysql", "php-xml", "php-curl", "php-gd", "php-mbstring")
PROGRAM = Path("/usr/share/wordpress")
INSTALLING = 420  # seconds
STARTING = 90
_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', '127.0.0.1:%(database)d');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (array('AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT') as $name)
  define($name, 'only for a test ' . $name);
define('WP_HOME', '%(address)s'); define('WP_SITEURL', '%(address)s');
define('WP_ENVIRONMENT_TYPE', 'local'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEBUG', false);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . '/site' . $path)) return false;
$_SERVER['SCRIPT_NAME'] = '/index.php';
require __DIR__ . '/site/index.php';
"""
_ACTIONS = """<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1:%(web)d'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1'; $_SERVER['REQUEST_METHOD'] = 'GET';
$asked = json_decode(stream_get_contents(STDIN), true);
if (in_array('install', array_column($asked, 'do'))) define('WP_INSTALLING', true);
require __DIR__ . '/site/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
$told = array();
foreach ($asked as $one) {
  $with = isset($one['with']) ? $one['with'] : array();
  switch ($one['do']) {
    case 'install':
      wp_install('Bank blog', 'admin', 'admin@example.org', true, '', 'only-for-a-test');
      update_option('permalink_structure', '/%%year%%/%%monthnum%%/%%postname%%/');
      update_option('timezone_string', 'Europe/Moscow'); update_option('gmt_offset', '');
      wp_delete_post(1, true); wp_delete_post(2, true); wp_delete_post(3, true);
      global $wp_rewrite; $wp_rewrite->init(); flush_rewrite_rules();
      $told[] = 1; break;
    case 'user': $told[] = wp_insert_user($with); break;
    case 'post': $told[] = wp_insert_post($with, true); break;
    case 'edit': $told[] = wp_update_post($with, true); break;
    case 'comment': $told[] = wp_insert_comment($with); break;
    case 'trash': $told[] = wp_trash_post($with['ID']) ? 1 : 0; break;
    case 'delete': $told[] = wp_delete_post($with['ID'], true) ? 1 : 0; break;
    case 'spam': $told[] = wp_spam_comment($with['ID']) ? 1 : 0; break;
    case 'delete_comment': $told[] = wp_delete_comment($with['ID'], true) ? 1 : 0; break;
    case 'password': $made = WP_Application_Passwords::create_new_application_password($with['user'], array('name' => 'renown')); $told[] = $made[0]; break;
  }
}
echo json_encode($told);
"""


class Absent(Exception):
    """Why there can be no real WordPress here."""


@dataclass
class WordPress:
    """A running site."""

    folder: Path
    address: str

    def act(self, *actions: tuple[str, dict[str, Any]]) -> list[Any]:
        """What WordPress' own functions return for each action."""
        asked = json.dumps([{"do": name, "with": given} for name, given in actions])
        done = subprocess.run(
            ["php", "-d", "memory_limit=256M", str(self.folder / "actions.php")], input=asked, capture_output=True, text=True,
            timeout=STARTING, check=True,
        )  # fmt: skip
        return list(json.loads(done.stdout))


def install() -> float:
    """Make sure that the packages are there; returns the seconds that installing took. Raises Absent where they cannot be."""
    if _is_installed():
        return 0.0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Absent("needs the Debian packages " + " ".join(PACKAGES) + " (run as root where apt-get is, or install them)")
    started = time.monotonic()
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES]):
        try:
            done = subprocess.run(
                command,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                timeout=INSTALLING,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Absent(f"{command[0]} {command[1]} takes too long") from None
        if done.returncode and command[1] == "install":
            raise Absent("apt-get cannot install " + " ".join(PACKAGES))
    if not _is_installed():
        raise Absent("the Debian packages do not hold what is needed")
    return time.monotonic() - started


def _is_installed() -> bool:
    return (PROGRAM / "wp-load.php").exists() and all(shutil.which(name) for name in ("php", "mariadbd", "mariadb-install-db"))


@contextmanager
def running() -> Iterator[WordPress]:
    """A fresh site with an administrator and no posts; everything of it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp-", ignore_cleanup_errors=True)))
        ports = {"database": _free_port(), "web": _free_port()}
        address = f"http://127.0.0.1:{ports['web']}"
        shutil.copytree(
            PROGRAM, folder / "site", symlinks=False, ignore_dangling_symlinks=True, ignore=shutil.ignore_patterns("languages")
        )
        (folder / "site" / "wp-config.php").unlink(missing_ok=True)
        (folder / "site" / "wp-config.php").write_text(_CONFIG % {**ports, "address": address})
        (folder / "router.php").write_text(_ROUTER)
        (folder / "actions.php").write_text(_ACTIONS % ports)
        stack.enter_context(_database(folder, ports["database"]))
        site = WordPress(folder, address)
        site.act(("install", {}))
        server = [
            "php",
            "-d",
            "memory_limit=256M",
            "-S",
            f"127.0.0.1:{ports['web']}",
            "-t",
            str(folder / "site"),
            str(folder / "router.php"),
        ]
        stack.enter_context(_process(server, folder / "php.log", {"PHP_CLI_SERVER_WORKERS": "3"}))
        _until(lambda: _answers(f"{address}/wp-json/wp/v2/posts"), "the site does not answer")
        yield site


@contextmanager
def _database(folder: Path, port: int) -> Iterator[None]:
    user = ["--user=root"] if os.geteuid() == 0 else []
    data = folder / "data"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *user],
        capture_output=True,
        timeout=STARTING,
        check=True,
    )
    command = [
        "mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder / 's'}",
        "--skip-grant-tables", "--skip-networking=0", "--innodb-flush-log-at-trx-commit=0", f"--pid-file={folder / 'pid'}", *user,
    ]  # fmt: skip
    with _process(command, folder / "database.log", {}):
        create = [
            "php",
            "-r",
            f"mysqli_report(MYSQLI_REPORT_OFF); $c = @new mysqli('127.0.0.1', 'root', '', '', {port}); exit($c->connect_errno ? 1 : ($c->query('create database if not exists wordpress character set utf8mb4') ? 0 : 1));",
        ]
        _until(
            lambda: subprocess.run(create, capture_output=True, timeout=STARTING).returncode == 0, "the database does not start"
        )
        yield


@contextmanager
def _process(command: list[str], log: Path, environment: dict[str, str]) -> Iterator[None]:
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env=os.environ | environment, start_new_session=True)
    try:
        yield
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)  # its own session: the server and its workers
                process.wait(20)
                break
            except ProcessLookupError:
                process.wait(20)
                break
            except subprocess.TimeoutExpired:
                continue


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _until(is_ready: Any, complaint: str) -> None:
    until = time.monotonic() + STARTING
    while not is_ready():
        if time.monotonic() > until:
            raise RuntimeError(complaint)
        time.sleep(0.3)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
