"""English wordings."""

from sandbox.texts.en import acts, forum, moments, press, replies, topics_channels, topics_image, topics_money, words

SOURCES = (
    acts.GRAMMAR,
    forum.GRAMMAR,
    moments.GRAMMAR,
    press.GRAMMAR,
    replies.GRAMMAR,
    topics_channels.GRAMMAR,
    topics_image.GRAMMAR,
    topics_money.GRAMMAR,
    words.GRAMMAR,
)
