"""Addresses of servers that Airflow holds, in the form that delivery's channels read; the environment comes first.

    conn_id ──► RENOWN_…_URL, else the Airflow connection ──► smtp(s)://, sftp://, aws://, or an apprise address

A chat's whole address is a secret, so it stands in the connection's password field.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

FIELDS = {"from_email": "from", "timeout": "timeout"}  # the SMTP provider's extras → ours


def address(conn_id: str) -> str | None:
    """The address of this name, None where neither the environment nor Airflow knows it."""
    from delivery.channels import from_environment

    given = from_environment(conn_id)
    if given:
        return given
    found = _connection(conn_id)
    return written(found) if found is not None else None


def written(connection: Any) -> str:
    """An Airflow connection as an address. SMTP: TLS unless disable_ssl, STARTTLS unless disable_tls, as Airflow's own provider has it."""
    if "://" in (connection.password or ""):
        return str(connection.password)
    if connection.conn_type != "smtp":
        return str(connection.get_uri())
    extra = connection.extra_dejson
    options = {ours: str(extra[theirs]) for theirs, ours in FIELDS.items() if extra.get(theirs)}
    is_plain = _is_true(extra.get("disable_ssl"))
    if is_plain:
        options["starttls"] = "no" if _is_true(extra.get("disable_tls")) else "yes"
    who = f"{quote(connection.login, safe='')}:{quote(connection.password or '', safe='')}@" if connection.login else ""
    port = f":{connection.port}" if connection.port else ""
    return f"{'smtp' if is_plain else 'smtps'}://{who}{connection.host}{port}?{urlencode(options)}"


def _is_true(value: Any) -> bool:
    return str(value).lower() in ("true", "1")


def _connection(conn_id: str) -> Any:
    """Airflow's connection, None where it has none of this name."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return Connection.get(conn_id)
    except AirflowNotFoundException:
        return None
