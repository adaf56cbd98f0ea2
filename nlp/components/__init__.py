"""Registered spaCy components, one file each; importing this package registers them all."""

from nlp.components import (
    banks,
    campaigns,
    entities,
    handles,
    intent,
    journey,
    language,
    personal,
    places,
    replies,
    sentiment,
    topics,
    urgency,
)

__all__ = [
    "banks",
    "campaigns",
    "entities",
    "handles",
    "intent",
    "journey",
    "language",
    "personal",
    "places",
    "replies",
    "sentiment",
    "topics",
    "urgency",
]
