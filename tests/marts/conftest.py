"""One built warehouse for all tests that only read the marts, and copies of it for those that break something."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from settings import Settings, load_settings
from settings.loader import REPOSITORY
from settings.models import Incidents
from tests.marts import histories
from tests.marts.compare import fill, world_of
from tests.marts.ledger import small_ledger
from tests.marts.reference import World
from tests.marts.reference_quality import Quality
from tests.marts.sql_mutants import Model, models_of
from warehouse.dbt import build_marts

# Russian: se + sp ≤ 1.1, so no correction but for the home bank. English: three banks with figures enough, one with too few texts, one little better
# than chance. Unknown languages take the spread of the English banks; of `positive` no bank was measured.
QUALITY: Quality = {
    ("negative", "en", ""): (0.83, 410, 0.91, 1290), ("negative", "en", "velmora"): (0.9, 120, 0.88, 300),
    ("negative", "en", "tarnwick"): (0.7, 80, 0.95, 200), ("negative", "en", "calderis"): (0.8, 31, 0.9, 30),
    ("negative", "en", "nimbra"): (0.6, 29, 0.9, 300), ("negative", "en", "harbourstone"): (0.6, 40, 0.5, 40),
    ("negative", "ru", ""): (0.55, 90, 0.5, 80), ("negative", "ru", "velmora"): (0.75, 60, 0.9, 45),
    ("negative", "und", ""): (1.0, 150, 0.95, 400), ("positive", "en", ""): (0.6, 150, 0.97, 1300), ("positive", "und", ""): (0.7, 200, 0.94, 600),
}


@dataclass(frozen=True)
class Built:
    """A warehouse with marts, what it was built from, and how."""

    url: str
    settings: Settings
    world: World
    models: tuple[Model, ...] = ()  # compiled for a whole build


def history(seed: int, settings: Settings) -> tuple[Settings, World]:
    """A random history with a low min_n, so that most rates are shown and some are not."""
    general = settings.general.model_copy(update={"min_n": 4})
    incidents = Incidents(incidents=histories.incidents(seed))
    campaigns = settings.campaigns.model_copy(update={"campaigns": list(histories.CAMPAIGNS)})
    settings = settings.model_copy(update={"general": general, "incidents": incidents, "employees": histories.EMPLOYEES, "campaigns": campaigns,
                                           "as_of": histories.as_of(seed)})
    records = histories.with_mentions(histories.random_history(seed, settings))
    return settings, world_of(
        settings, records, dispositions=histories.dispositions(seed, records), quality=QUALITY, ledger=small_ledger(settings.now()),
        places=list(histories.PLACES), themes=histories.themes(seed, records),
    )


@pytest.fixture(scope="session")
def built(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The marts of random history 1, built and checked as in production."""
    settings = load_settings(REPOSITORY / "config", home=tmp_path_factory.mktemp("marts"))
    settings, world = history(1, settings)
    with copied(template_url) as url:
        fill(url, settings, world)
        build_marts(settings, url)
        yield Built(url, settings, world, tuple(models_of(settings.home / "dbt" / "target" / "manifest.json")))


@pytest.fixture
def breakable(built: Built) -> Iterator[Built]:
    """A copy of the built warehouse that a test may break."""
    with copied(built.url) as url:
        yield Built(url, built.settings, built.world)


class copied:
    """Context: the address of a fresh copy of a database, dropped at the end."""

    def __init__(self, url: str) -> None:
        self.base, self.template = url.rsplit("/", 1)
        self.name = f"marts_{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> str:
        self._say(f"create database {self.name} template {self.template} strategy file_copy")
        return f"{self.base}/{self.name}"

    def __exit__(self, *_: object) -> None:
        self._say(f"drop database if exists {self.name} with (force)")

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.base + "/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())
