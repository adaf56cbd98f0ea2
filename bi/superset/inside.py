"""Runs in Superset's own environment: its tables, its login, and our bundle over what an earlier run imported.

    stdin {"login", "password", "files": {path: YAML}} ──► migrate ──► roles, login ──► ImportAssetsCommand

The bundle holds bi_reader's password, so it comes through the pipe and stands in no file; Superset keeps it encrypted.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Raises whatever Superset raises: the caller shows the last line."""
    asked = json.load(sys.stdin)
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        import flask_migrate

        flask_migrate.upgrade()
        _load(app, asked)


def _load(app: Any, asked: dict[str, Any]) -> None:
    from flask import g
    from superset import security_manager
    from superset.commands.exceptions import CommandInvalidError
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.extensions import appbuilder

    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    g.user = _user(security_manager, asked["login"], asked["password"])
    with app.test_request_context():
        importing = ImportAssetsCommand(asked["files"])
        try:
            importing.validate()
        except CommandInvalidError as error:  # its own words are "Error importing assets"
            sys.exit(f"{error}: {json.dumps(error.normalized_messages(), default=str)}")
        importing.run()


def _user(security_manager: Any, login: str, password: str) -> Any:
    """The administrator, with this home's password."""
    user = security_manager.find_user(username=login)
    if user is None:
        user = security_manager.add_user(
            login, "Renown", "Administrator", f"{login}@renown.invalid", security_manager.find_role("Admin"), password=password
        )
    elif not security_manager.auth_user_db(login, password):
        security_manager.reset_password(user.id, password)
    return user


if __name__ == "__main__":
    main()
