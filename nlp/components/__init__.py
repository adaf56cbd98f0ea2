"""Registered spaCy components, one file each; importing this package registers them all."""

from nlp.components import (
    banking_intent,
    banks,
    campaigns,
    entities,
    handles,
    intent,
    journey,
    language,
    moments,
    personal,
    places,
    replies,
    sentiment,
    topics,
    urgency,
)

__all__ = [
    "banking_intent",
    "banks",
    "campaigns",
    "entities",
    "handles",
    "intent",
    "journey",
    "language",
    "moments",
    "personal",
    "places",
    "replies",
    "sentiment",
    "topics",
    "urgency",
]
