"""`renown train`: make the weights again from labelled sets, a bank's own labels among them, and measure them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    task: Annotated[str, typer.Argument(help="sentiment, banking_intent, entities or topics.")],
    data: Annotated[Path, typer.Option(help="Folder that holds data/<kind>/<set>.jsonl.gz.")] = Path("../shared"),
    seed: Annotated[int, typer.Option(help="The same seed and sets give the same weights.")] = 0,
    labels: Annotated[Path | None, typer.Option(help="Your own labels, JSON Lines of {text, language, label}, mixed in.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this one; may be given again.")] = None,
    models: Annotated[str, typer.Option(help="all, or clean: only sets whose licence allows it.")] = "all",
    profile: Annotated[str, typer.Option(help="fast, or accurate: the heads on sentence vectors beside the fast ones.")] = "fast",
    vectors: Annotated[Path | None, typer.Option(help="Folder that keeps sentence vectors, so that a stopped run goes on.")] = None,
    known_vectors: Annotated[bool, typer.Option("--known-vectors", help="Embed nothing: train on rows whose vectors are kept.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where weights go. Default: where they are read from.")] = None,
    measure: Annotated[bool, typer.Option(help="Measure afterwards: metrics.json and the model card.")] = True,
) -> None:
    """Train one task's heads, measure them, and write weights, metrics and the model card's tables."""
    from cli import output
    from cli.enrich import _one_of
    from settings.models import LANGUAGES

    _one_of("TASK", task, ("sentiment", "banking_intent", "entities", "topics"))
    _one_of("--models", models, ("all", "clean"))
    _one_of("--profile", profile, ("fast", "accurate"))
    for code in language or ():
        _one_of("--language", code, LANGUAGES)
    _readable(data, labels)
    from nlp import evaluate, model_card
    from nlp import train as training
    from nlp.heads import MODELS

    written = training.run(
        task, data, out or MODELS, languages=language or (), labels=labels, models=models, profile=profile, vectors=vectors,
        known_only=known_vectors, seed=seed,
    )
    for path in written:
        output.note(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    if measure and (out is None or out == MODELS):
        rows = evaluate.renew(data, task, language or (), models, profile)
        model_card.write()
        output.note(f"{len(rows)} figures measured; docs/model_card.md and nlp/models/metrics.json hold them")


def _readable(data: Path, labels: Path | None) -> None:
    from settings import RenownError

    if not (data / "data").is_dir():
        raise RenownError(f"{data}: no folder data/ in it", "give the folder that holds data/<kind>/<set>.jsonl.gz with --data", exit_code=2)
    if labels is not None and not labels.is_file():
        raise RenownError(f"{labels}: no such file", "check the path", exit_code=2)
