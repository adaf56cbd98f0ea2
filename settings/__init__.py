"""Typed configuration and environment: the one door through which every room learns what a bank configured.

    config/*.yml ──► loader (schema, line numbers) ──► Settings ──► rooms
    RENOWN_* environment, $RENOWN_HOME/home.json ──┘
"""

from settings.errors import ConfigError, RenownError
from settings.loader import load_settings
from settings.models import Settings

__all__ = ["ConfigError", "RenownError", "Settings", "load_settings"]
