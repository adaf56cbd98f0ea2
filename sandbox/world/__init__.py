"""Generation of the scripted world: accounts, threads, a crisis, and the planted irregularities."""
