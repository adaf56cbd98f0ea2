"""JSON in and out: the fast way and the slow way say the same."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.jsons import dump, load

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=()))  # lone surrogates, too
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


@given(VALUES)
def test_what_is_dumped_is_loaded_again(value: Any) -> None:
    if (dumped := dump(value)).find(b"\xed") < 0:
        assert load(dumped) == value
    assert json.loads(dumped.decode("utf-8", "surrogatepass")) == value


@given(VALUES)
def test_it_loads_what_the_standard_library_writes(value: Any) -> None:
    written = json.dumps(value)
    assert load(written.encode()) == load(written) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"id": 123456789012345678901234567890}', {"id": 123456789012345678901234567890}),
        (b'{"id": 18446744073709551616}', {"id": 2**64}),
        (b'"\\ud83d"', "\ud83d"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b"\xef\xbb\xbf[1]", [1]),
        ('{"a": "я"}'.encode("utf-16"), {"a": "я"}),
        (b"1e400", math.inf),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\u0000"', "\x00"),
    ],
)
def test_what_the_fast_way_refuses_goes_the_slow_way(body: bytes, value: Any) -> None:
    found = load(body)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("body", [b"", b"{", b"[1] x", b"<html>", b"\xff", b"'a'", b"[" * 100_000])
def test_what_is_no_json_is_an_error(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        load(body)


def test_equal_values_are_equal_bytes() -> None:
    assert dump({"a": "я", "b": [1, 2.5]}) == '{"a":"я","b":[1,2.5]}'.encode()
    assert dump({"a": None, 1: "\ud83d"}) == b'{"a":null,"1":"\xed\xa0\xbd"}'
    assert dump({"at": datetime(2026, 3, 1, tzinfo=UTC), "kept": object}) == dump({"at": datetime(2026, 3, 1, tzinfo=UTC), "kept": object})
