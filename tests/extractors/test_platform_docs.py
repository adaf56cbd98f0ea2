"""docs/platforms.md: as generated, with every platform and everything that a contract says; its links lead somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from extractors.base import Contract, ErrorRule
from extractors.platform_docs import COMMAND, anchor, document, section
from extractors.registry import PLATFORMS
from settings.loader import REPOSITORY
from settings.models import PLATFORMS as NAMES

DOCUMENT = REPOSITORY / "docs" / "platforms.md"
MADE_UP = Contract(
    platform="discourse", base_url=None, endpoints=("list.json",), auth="a key in a header", credential_env="RENOWN_MADE_UP_KEY",
    cursor="time_slice", is_sorted=False, page_limit=50, cap=1000, time_formats=("epoch",), deletion="stubs | notices", edits="edited",
    errors=(ErrorRule("7", "fatal", "no right", "ask for it"), ErrorRule("8", "retry", "busy"), ErrorRule("9", "stop", "quota")),
    history_limit="none: all", terms="its own <terms>", not_offered=("country", "title"), kinds=("post",), query_limit=300,
    min_interval={"list.json": 1.5}, collects=("posts by keyword",), optional_credentials=("RENOWN_MADE_UP_MORE",),
    how_to="ask its makers", rate=(7, 60.0), options={"groups": "ids of groups"},
)  # fmt: skip


def module(contract: Contract, **hooks: Any) -> Any:
    """As much of a platform as the document reads."""
    return SimpleNamespace(CONTRACT=contract, **hooks)


def test_the_committed_document_is_what_the_contracts_say() -> None:
    if DOCUMENT.read_text("utf-8") != document(PLATFORMS):
        pytest.fail(f"a contract has changed: write docs/platforms.md anew with\n    {COMMAND}", pytrace=False)


def test_every_platform_stands_in_it_once_and_links_lead_to_headings() -> None:
    text = document(PLATFORMS)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings)) == len(PLATFORMS) + 1  # and the archives
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= {anchor(heading) for heading in headings}
    for name in PLATFORMS:
        assert f"`platform: {name}`" in text
    for name in set(NAMES) - set(PLATFORMS):
        assert f"(`{name}`)" in text


def test_links_to_other_documents_are_there() -> None:
    for name in re.findall(r"\]\(([a-z_]+\.md)\)", document(PLATFORMS)):
        assert (REPOSITORY / "docs" / name).is_file()
    assert "docs/platforms.md" in (REPOSITORY / "README.md").read_text("utf-8")


def test_tables_have_as_many_cells_as_columns() -> None:
    """A bar inside a value would shift its row."""
    for block in re.findall(r"(?:^\|.*\n)+", document(PLATFORMS), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block.splitlines()[0]


@pytest.mark.parametrize(
    "said",
    [
        "posts by keyword", "`RENOWN_MADE_UP_KEY`", "`RENOWN_MADE_UP_MORE`", "ask its makers", "50 items a page",
        "1,000 results of one query", "7 requests in 60 s", "300 characters of a query", "1.5 s between two requests of list.json",
        "no limit: all", "stubs \\| notices", "its own &lt;terms>", "| not offered | title, country |", "| `groups` | ids of groups |",
        "unsorted", "- tried again: `8` busy\n", "- ends the run, which names a gap: `9` quota\n",
        "- ends the run with an error: `7` no right (ask for it)\n", "its `base_url`", "| looked at again | lookup |",
    ],
)  # fmt: skip
def test_a_section_says_what_its_contract_says(said: str) -> None:
    assert said in section(module(MADE_UP, lookup=lambda reading, keys: iter(()))) + "\n"


def test_what_a_contract_leaves_out_is_not_made_up() -> None:
    bare = replace(MADE_UP, credential_env=None, optional_credentials=(), cap=None, query_limit=None, how_to="", options={},
                   min_interval={}, is_sorted=True, collects=())  # fmt: skip
    told = section(module(bare))
    for word in ("RENOWN_", "results of one query", "characters of a query", "between two requests", "unsorted", "Options", "lookup"):
        assert word not in told
    assert "no credential needed" in told
