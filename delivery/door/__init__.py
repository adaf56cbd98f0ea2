"""The HTTP door behind signed links: GET shows a page with buttons and changes nothing, POST acts.

    link ──► /<kind>/<name>?token=… ──► signature ──► Kind.page | Kind.act ──► ops.*

Mail programs and scanners follow links, so a GET must never act. A kind is one entry of delivery.door.kinds.KINDS.
"""

from delivery.door.kinds import KINDS, Button, Kind, Page
from delivery.door.server import serve

__all__ = ["KINDS", "Button", "Kind", "Page", "serve"]
