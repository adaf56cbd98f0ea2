"""Every configuration file reads the same by libyaml as by PyYAML's own reader, with its lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from settings import yaml_files
from settings.loader import REPOSITORY
from settings.yaml_files import compose_yaml, read_with_nodes, read_yaml

FILES = sorted([*(REPOSITORY / "config").glob("*.yml"), *(REPOSITORY / "nlp" / "cues").glob("*.yml")])


def lines(node: yaml.Node | None) -> list[int]:
    """The line of every node, in order."""
    if node is None:
        return []
    inner = node.value if isinstance(node, yaml.SequenceNode) else [n for pair in node.value for n in pair] if isinstance(node, yaml.MappingNode) else []
    return [node.start_mark.line, *(line for child in inner for line in lines(child))]


def test_libyaml_is_there() -> None:
    assert yaml_files.LOADER is yaml.CSafeLoader


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_readers_agree(path: Path) -> None:
    text = path.read_text("utf-8")
    node, value = read_with_nodes(text)
    assert value == read_yaml(text) == yaml.safe_load(text)
    assert lines(node) == lines(compose_yaml(text)) == lines(yaml.compose(text, Loader=yaml.SafeLoader))


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_document_is_none(text: str) -> None:
    assert read_with_nodes(text) == (None, None)


def test_broken_yaml_tells_its_line() -> None:
    with pytest.raises(yaml.YAMLError) as error:
        read_with_nodes("a: 1\nb: [1, 2\nc: 3\n")
    assert error.value.problem_mark.line == 2  # type: ignore[attr-defined]
