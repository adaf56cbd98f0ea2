"""Arabic wordings: plain written Arabic with Gulf and Egyptian turns where people are casual."""

from sandbox.texts.ar import (
    acts,
    forum,
    latin,
    moments,
    press,
    replies,
    topics_channels,
    topics_image,
    topics_money,
    words,
)

SOURCES = (
    acts.GRAMMAR,
    forum.GRAMMAR,
    latin.GRAMMAR,
    moments.GRAMMAR,
    press.GRAMMAR,
    replies.GRAMMAR,
    topics_channels.GRAMMAR,
    topics_image.GRAMMAR,
    topics_money.GRAMMAR,
    words.GRAMMAR,
)
