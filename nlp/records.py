"""What goes into a pipeline (Post) and what its components leave on a spaCy Doc (Analysis, under `doc._.analysis`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spacy.tokens import Doc

from nlp.text import Folded, fold, safe

MAX_DOCUMENT = 10_000  # characters that tokenisation and entities look at; offsets hold, since it is a prefix
MAX_TEXT = 1_000_000  # a longer text is refused, not cut in silence

if not Doc.has_extension("analysis"):
    Doc.set_extension("analysis", default=None)
_PLACE = ("._.", "analysis", None, None)  # where spaCy keeps `doc._.analysis`; asked for a dozen times a text, without the object in between


@dataclass(frozen=True)
class Post:
    """One text and what is known about it. `handles` are the platform's own list of addressed accounts, None where unknown.

    `official_of` is the bank id whose official account wrote it; `is_official` None means that the author is not known.
    `created_at` (aware) is when it was written, None where that is not known.
    """

    text: str
    platform: str | None = None
    kind: str = "post"
    language_hint: str | None = None
    handles: tuple[str, ...] | None = None
    official_of: str | None = None
    is_official: bool | None = None
    is_reply: bool = False
    created_at: datetime | None = None


@dataclass
class Analysis:
    """A post on its way through a pipeline: `text` is the given one made safe (same length), `labels` one entry a task."""

    post: Post
    text: str
    folded: Folded
    language: str = "und"
    confidence: float = 0.0
    script: str | None = None  # "latin" where Russian or Arabic is written in Latin letters
    native: str | None = None  # such a text in its own script, roughly
    labels: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def reading(self) -> str:
        """The folded text that cues are looked for in: in its own script; offsets are not those of the given text where `native` is set."""
        return fold(self.native).text if self.native else self.folded.text


def analyse(post: Post) -> Analysis:
    """A fresh analysis. Raises ValueError for a text beyond MAX_TEXT (the message names no content)."""
    if len(post.text) > MAX_TEXT:
        raise ValueError(f"text longer than {MAX_TEXT} characters")
    text = safe(post.text)
    return Analysis(post, text, fold(text))


def analysis_of(doc: Doc) -> Analysis:
    """The analysis that travels on a Doc; one is made for Docs that came from elsewhere."""
    kept: dict[Any, Any] = doc.user_data
    found: Analysis | None = kept.get(_PLACE)
    if found is None:
        doc._.analysis = found = analyse(Post(doc.text))
    return found
