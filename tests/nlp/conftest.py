"""One annotator for all tests of the room: pipelines take seconds to load."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from settings import Settings, load_settings
from settings.loader import REPOSITORY

Read = Callable[..., Analysis]


@pytest.fixture(scope="session")
def demo() -> Settings:
    """The committed configuration."""
    return load_settings(REPOSITORY / "config", home=Path("/nonexistent"))


@pytest.fixture(scope="session")
def read(demo: Settings) -> Read:
    """Read one text with the demo configuration; keywords are Post's."""
    annotator = Annotator(demo)

    def run(text: str, **known: Any) -> Analysis:
        result = annotator.annotate([Post(text, **known)])[0]
        assert isinstance(result, Analysis), result
        return result

    return run


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled public sets, which are not part of the repository."""
    path = Path(os.environ.get("RENOWN_SHARED") or REPOSITORY.parent / "shared")
    if not (path / "data" / "sentiment").is_dir():
        pytest.skip(f"labelled sets are not at {path}: set RENOWN_SHARED to the folder that holds data/")
    return path


def lines(*texts: str, **more: Any) -> list[str]:
    """Input lines of `renown enrich FILE`."""
    return [json.dumps({"id": i, "text": text} | more) for i, text in enumerate(texts)]
