"""Shapes of single platforms' objects: what came → Item → Mention, pure and without network; one or two modules a platform."""
