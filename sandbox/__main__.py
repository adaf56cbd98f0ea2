"""python -m sandbox --port P --seed 7 --scale 1.0 --banks config/banks.yml --truth DIR [--generate-only]"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.truth import write_truth
from sandbox.world.build import build_world


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A scripted social world with known truth.")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0, help="1.0: about 25,000 items; 0.1: some of everything")
    parser.add_argument("--banks", type=Path, default=Path("config/banks.yml"))
    parser.add_argument("--press", type=Path, help="press.yml; default: beside --banks")
    parser.add_argument("--truth", type=Path, required=True, help="folder for truth.jsonl and truth.json")
    parser.add_argument("--generate-only", action="store_true", help="write the truth and end")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Generate, write the truth, then listen. Returns the exit code."""
    options, started = _arguments(argv), time.monotonic()
    try:
        world = build_world(options.seed, options.scale, options.banks, press_file=options.press)
        write_truth(world, options.truth)
    except (OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    seconds = time.monotonic() - started
    print(f"sandbox: {len(world.items)} items in {seconds:.1f} s, truth in {options.truth}", flush=True)
    if options.generate_only:
        return 0
    uvicorn.run(create_app(world), host=options.host, port=options.port, log_level="warning", access_log=False, date_header=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
