"""The `renown` command: one file a group of commands, thin over the rooms, quick to start.

    argv ──► main.py ──► one command's file ──► a room's plain function
                └─ errors.py: any failure ──► one line on stderr and an exit code

Files here import typer at the top and everything else inside their commands, so that `renown --help` stays quick.
"""
