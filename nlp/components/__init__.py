"""Registered spaCy components, one file each; importing this package registers them all."""

from nlp.components import (
    banks,
    entities,
    handles,
    intent,
    language,
    replies,
    sentiment,
    topics,
)

__all__ = ["banks", "entities", "handles", "intent", "language", "replies", "sentiment", "topics"]
