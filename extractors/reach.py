"""Which hosts a followed link may lead to: never from the public internet into a private network."""

from __future__ import annotations

import ipaddress
import socket


def is_private(host: str | None) -> bool:
    """Whether a host is, or resolves to, an address that is not on the public internet."""
    if not host:
        return True
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # it will fail to connect, and say so
    return any(not ipaddress.ip_address(str(address).split("%")[0]).is_global for address in addresses)
