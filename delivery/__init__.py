"""Delivery: the number reaches the person.

config/subscriptions.yml ──► window ──► mart rows, read as the department ──► file ──► channel folder (ops.deliveries: once a window)
a failed task ──► notify_failure() ──► apprise targets, folder (ops.notifications: once a failure)
"""

from delivery.deliver import DeliveryResult, deliver, subscription
from delivery.notify import notify_failure
from delivery.turns import restated, turn

__all__ = ["DeliveryResult", "deliver", "notify_failure", "restated", "subscription", "turn"]
