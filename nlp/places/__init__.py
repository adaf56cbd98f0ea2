"""Places in posts: a compiled gazetteer of cities and districts, and the wordings that name branches, ATMs, malls and metro stations."""
