"""`renown run`: the whole way once, by the real DAGs under a real scheduler, with progress, ending in a summary.

    services up ──► trigger extract__* ──► (assets) enrich ──► marts ──► trigger deliver__* ──► summary ──► services down
"""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer


def run(
    sandboxed: Annotated[bool, typer.Option("--sandbox/--real", help="Read the sandbox's world, or the configured platforms.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the services running afterwards.")] = False,
) -> None:
    """Run the whole way once: extract, enrich, check, build the marts, deliver; then print a summary."""
    from cli.services import processes
    from cli.services.platform import attach
    from cli.services.progress import Progress
    from settings.home import home_path

    home = home_path()
    signal.signal(signal.SIGTERM, _interrupt)
    with processes.only_one(home), Progress() as progress:
        progress.say(f"home: {home}")
        running = attach(home)
        if running:
            progress.say("the platform is up already ('renown up'): using it")
            _wave(running, progress)
        else:
            _once(home, progress, sandboxed, keep)
    from cli.summary import print_summary

    print_summary(home)


def _once(home: Path, progress: object, sandboxed: bool, keep: bool) -> None:
    from cli.services import platform
    from cli.services.progress import Progress

    assert isinstance(progress, Progress)
    kept = False
    try:
        _wave(platform.start(home, progress.say, sandboxed=sandboxed), progress)
        kept = keep
    finally:
        if kept:
            platform.keep(home)
        else:
            progress.say("ending the services")
            platform.stop(home)


def _wave(platform: object, progress: object) -> None:
    from cli.services.platform import Platform
    from cli.services.progress import Progress
    from cli.services.wave import run_wave

    assert isinstance(platform, Platform)
    assert isinstance(progress, Progress)
    started = time.monotonic()
    changed = run_wave(platform, progress)
    took = time.monotonic() - started
    progress.say(f"finished in {took:.0f} s" + ("" if changed else ": nothing new, so nothing was done twice"))


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
