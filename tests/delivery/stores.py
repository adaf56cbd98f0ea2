"""Real stores for the channels' tests: S3 (moto's server) and SFTP (asyncssh's), both on loopback, both started once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncssh
import boto3
from moto.server import ThreadedMotoServer

USER, PASSWORD, BUCKET = "renown", "s3cret-of-the-store", "bank"


@contextmanager
def s3_server() -> Iterator[str]:
    """An S3 server with one bucket, as an address of ours."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    client(endpoint).create_bucket(Bucket=BUCKET)
    try:
        yield f"s3://{USER}:{PASSWORD}@?region=us-east-1&endpoint={quote(endpoint, safe='')}"
    finally:
        server.stop()


def client(endpoint: str) -> Any:
    """Another way to look into the bucket than ours."""
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=USER, aws_secret_access_key=PASSWORD)


@dataclass
class Sftp:
    """A running server: its address, the folder it serves, and what it was asked to do, one line a step."""

    url: str
    root: Path
    steps: list[str] = field(default_factory=list)


class _Login(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def sftp_server(root: Path) -> Iterator[Sftp]:
    """An SFTP server whose host key stands in the address."""
    key, served = asyncssh.generate_private_key("ssh-ed25519"), Sftp("", root)

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(root))

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            served.steps.append(f"open {path.decode()}" if pflags & asyncssh.FXF_WRITE else f"read {path.decode()}")
            return super().open(path, pflags, attrs)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            served.steps.append(f"rename {oldpath.decode()} {newpath.decode()}")
            super().posix_rename(oldpath, newpath)

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen("127.0.0.1", 0, server_factory=_Login, server_host_keys=[key], sftp_factory=Files)

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    public = quote(key.export_public_key().decode().strip(), safe="")
    served.url = f"sftp://{USER}:{PASSWORD}@127.0.0.1:{listening.get_port()}?host_key={public}"
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(listening.close)
        asyncio.run_coroutine_threadsafe(listening.wait_closed(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
