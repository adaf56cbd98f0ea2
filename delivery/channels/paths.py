"""The path of a folder, key or directory: a template with checked places, which climbs nowhere.

    "deliveries/{department}/{year}" + subscription + window ──► "deliveries/pr/2026"

What fills a place is an identifier or a number of ours, so a path that is sound before stays sound.
"""

from __future__ import annotations

import re

from delivery.query import config_error
from delivery.window import Window
from settings import Settings
from settings.models import Subscription

PLACE = re.compile(r"\{([a-z_]*)\}")
PLACES = ("subscription", "department", "year", "month", "first_day", "last_day")


def complaint(template: str) -> tuple[str, str] | None:
    """What is wrong with a path, and the mend; None where nothing is."""
    if not template.strip() or template.startswith("~") or ".." in re.split(r"[/\\]", template) or any(ord(letter) < 32 for letter in template):
        return f"channel path {template!r} climbs out of its folder or is empty", "write a plain path, without '..' or '~'"
    unknown = [name for name in PLACE.findall(template) if name not in PLACES]
    if unknown or any(letter in PLACE.sub("", template) for letter in "{}"):
        return f"channel path {template!r} has a place that nothing fills", "use " + ", ".join(f"{{{name}}}" for name in PLACES)
    return None


def filled(settings: Settings, sub: Subscription, window: Window) -> str:
    """The channel's path for one window. Raises ConfigError, with the line, for one that cannot be meant."""
    wrong = complaint(sub.channel.path)
    if wrong:
        raise config_error(settings, sub, ("channel", "path"), *wrong)
    values = {"subscription": sub.id, "department": sub.department, "year": f"{window.first_day.year:04}", "month": f"{window.first_day.month:02}",
              "first_day": window.first_day.isoformat(), "last_day": window.last_day.isoformat()}
    return PLACE.sub(lambda found: values[found[1]], sub.channel.path)
