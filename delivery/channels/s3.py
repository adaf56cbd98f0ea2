"""S3-compatible storage: one object a file, which appears whole or not at all (a PUT is atomic, and so is the end of a multipart upload).

    file ──► PUT bucket/prefix/name (with its sha256 as metadata) ──► HEAD tells it apart from any other

Address: s3://KEY:SECRET@?region=eu-central-1, with endpoint=https://… for another service than Amazon's; without key and secret the
machine's own role is used (botocore's chain). Airflow's connection of type aws has the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delivery.channels.address import Address, Credentials, address, from_environment
from delivery.channels.base import Down, Message, Receipt, Refused, Unreachable, Unsure
from delivery.channels.folder import digest
from delivery.channels.paths import filled
from delivery.window import Window
from settings import Settings
from settings.models import Subscription

CONNECTION = "aws_default"
HASH = "renown-sha256"  # metadata of our objects
NEVER_BEGAN = ("EndpointConnectionError", "ConnectTimeoutError", "NoCredentialsError", "SSLError", "ProxyConnectionError")
TIMEOUT = 30  # seconds, to connect and for each answer


@dataclass(frozen=True)
class Bucket:
    """A prefix of a bucket."""

    server: Address
    prefix: str
    given: str
    files: Any = field(repr=False)

    @property
    def name(self) -> str:
        """As the ledger names it."""
        return f"s3:{self.given}"

    @property
    def recipients(self) -> tuple[str, ...]:
        """One: the bucket."""
        return (self.name,)

    def send(self, recipient: str, message: Message, key: str) -> Receipt:
        """Put the files there. Raises Refused (no such bucket, no right), Down and Unsure."""
        for file in message.files:
            self._put(file)
        return Receipt(recipient, f"s3://{self.prefix}/{message.files[0].name}")

    def arrived(self, recipient: str, file_name: str, sha256: str) -> bool | None:
        """Whether exactly that object is there; None where there is none: it may have been fetched and removed."""
        try:
            found = self.files.metadata(f"{self.prefix}/{file_name}")
        except FileNotFoundError:
            return None
        except Exception as error:  # botocore's own errors share no base with ours
            raise Unreachable(f"storage at {self._where} does not answer ({type(error).__name__})", "it is tried again") from None
        return {name.replace("_", "-"): value for name, value in found.items()}.get(HASH) == sha256 or None

    def _put(self, file: Path) -> None:
        try:
            self.files.put_file(str(file), f"{self.prefix}/{file.name}", Metadata={HASH: str(digest(file))})
        except (FileNotFoundError, PermissionError) as error:
            raise Refused(f"bucket {self.prefix.partition('/')[0]} takes nothing from us ({type(error).__name__})",
                          "create it, or grant s3:PutObject and s3:GetObject below the prefix") from None
        except Exception as error:  # botocore's own errors share no base with ours
            if type(error).__name__ in NEVER_BEGAN:
                raise Down(f"storage at {self._where} does not answer ({type(error).__name__})", "it is tried again") from None
            raise Unsure(f"storage at {self._where} broke off ({type(error).__name__})", "it is tried again") from None

    @property
    def _where(self) -> str:
        return self.server.options.get("endpoint") or self.server.options.get("endpoint_url") or "Amazon S3"


def connect(settings: Settings, sub: Subscription, window: Window, credentials: Credentials = from_environment) -> Bucket:
    """The bucket of a subscription. Raises ConfigError for a path that climbs, RenownError where its address is missing."""
    prefix = filled(settings, sub, window).strip("/")
    server = address(sub.channel.conn_id or CONNECTION, credentials, ("s3", "aws"))
    return Bucket(server, prefix, sub.channel.path, _filesystem(server))


def _filesystem(server: Address) -> Any:
    """A file system of its own: fsspec would share one with whoever gave the same address, listings and all."""
    import s3fs

    options = server.options
    return s3fs.S3FileSystem(
        key=server.user or None, secret=server.password or None, token=options.get("token") or options.get("aws_session_token"),
        endpoint_url=options.get("endpoint") or options.get("endpoint_url"),
        client_kwargs={"region_name": options.get("region") or options.get("region_name")},
        config_kwargs={"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT, "retries": {"max_attempts": 1}},
        use_listings_cache=False, skip_instance_cache=True)
