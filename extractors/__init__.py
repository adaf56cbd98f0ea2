"""Extraction: one file a platform, over one declarative core.

platform ──pages()──► Page(items, cursor) ──to_mention()──► warehouse.landing (raw.*, core.*, cursor: one transaction)
"""
