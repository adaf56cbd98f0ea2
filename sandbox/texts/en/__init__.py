"""English wordings."""

from sandbox.texts.en import acts, service, topics_channels, topics_image, topics_money

SOURCES = (topics_money.GRAMMAR, topics_channels.GRAMMAR, topics_image.GRAMMAR, acts.GRAMMAR, service.GRAMMAR)
