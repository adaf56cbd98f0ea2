"""Where a delivery goes: folder, S3-compatible storage, SFTP, e-mail, chat and webhook behind one door (delivery.channels.base).

    channel of subscriptions.yml + Credentials ──► Channel ──► send(recipient, message, key) ──► Receipt
"""

from delivery.channels import chat, email, folder, s3, sftp
from delivery.channels.address import Credentials, from_environment
from delivery.channels.base import Channel, ChannelError, Down, Message, Receipt, Refused, Unreachable, Unsure
from delivery.window import Window
from settings import Settings
from settings.models import Subscription

__all__ = ["Channel", "ChannelError", "Credentials", "Down", "Message", "Receipt", "Refused", "Unreachable", "Unsure", "channel_of", "from_environment"]


def channel_of(settings: Settings, sub: Subscription, window: Window, credentials: Credentials = from_environment) -> Channel:
    """The channel of a subscription. Raises ConfigError for a path that cannot be meant, RenownError where an address is missing."""
    given = sub.channel
    if given.kind == "email":
        return email.connect(tuple(given.to), given.conn_id or email.CONNECTION, credentials)
    if given.kind == "chat":
        return chat.connect(given.conn_id or chat.CONNECTION, credentials, attach=given.attach)
    if given.kind == "s3":
        return s3.connect(settings, sub, window, credentials)
    return sftp.connect(settings, sub, window, credentials) if given.kind == "sftp" else folder.connect(settings, sub, window)
