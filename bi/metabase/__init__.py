"""Metabase: connections, groups, collections and questions through its API, over and over with the same result."""
