"""`renown enrich`, `evaluate`: what the models say, and how good they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from settings import Settings

METRICS = "nlp/models/metrics.json"


def enrich(
    file: Annotated[str, typer.Argument(help='JSON Lines of {"id", "text", "platform"?, "author_handle"?, "parent_id"?}; "-" reads stdin; .gz too.')],
    profile: Annotated[str | None, typer.Option(help="fast or accurate; default: renown.yml's.")] = None,
    language: Annotated[str | None, typer.Option(help="Skip detection: en, ru, zh, ar or tr.")] = None,
    banks: Annotated[Path | None, typer.Option(help="Another banks.yml.")] = None,
    tasks: Annotated[str | None, typer.Option(help="Only these, e.g. sentiment,entities.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each label rests on.")] = False,
) -> None:
    """Annotate texts and print one JSON object a line; nothing is stored."""
    from cli.inputs import read_lines
    from settings import load_settings

    settings = _with_banks(load_settings(), banks)
    chosen = _one_of("--profile", profile or settings.general.nlp_profile, ("fast", "accurate"))
    spoken = _language(language)
    wanted = [task.strip() for task in tasks.split(",")] if tasks else None
    lines = read_lines(file)
    from nlp.annotate import annotate  # after the arguments are known to be good: models take seconds to load

    _print(annotate(lines, settings, profile=chosen, language=spoken, tasks=wanted, explain=explain), file)


def _print(annotations: Iterable[dict[str, Any]], file: str) -> None:
    """Every line's annotation or error, then, where there were errors, how many. Raises RenownError (exit code 2)."""
    from cli.output import print_lines
    from settings import RenownError

    failed: list[str] = []
    total = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal total
        for item in annotations:
            total += 1
            if "error" in item:
                failed.append(str(item["error"]))
            yield item

    print_lines(counted())
    if failed:
        raise RenownError(f"{file}: {len(failed)} of {total} lines could not be used (first: {failed[0]})",
                          "each line's error stands in the output", exit_code=2)


def _with_banks(settings: Settings, banks: Path | None) -> Settings:
    from settings.loader import load_file
    from settings.models import Banks

    return settings if banks is None else settings.model_copy(update={"banks": load_file(banks, Banks)})


def _language(language: str | None) -> str | None:
    from settings.models import LANGUAGES

    return None if language is None else _one_of("--language", language, LANGUAGES)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    from settings import RenownError

    if value not in known:
        raise RenownError(f"{option} {value}: unknown", f"use one of {', '.join(known)}", exit_code=2)
    return value


def evaluate(
    json: Annotated[bool, typer.Option("--json", help="The file's JSON as it is.")] = False,
    language: Annotated[str | None, typer.Option(help="Only this language.")] = None,
    human: Annotated[bool, typer.Option("--human", help="Measure the active models against the human labels of the warehouse.")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="Measure the fast profile anew, and write metrics, model card and warehouse.")] = False,
    data: Annotated[Path | None, typer.Option(help="With --measure: the folder that holds data/; without it, our own gold texts only.")] = None,
    task: Annotated[list[str] | None, typer.Option(help="With --measure: gold, language, sentiment, banking_intent, entities.")] = None,
) -> None:
    """Print the models' measured quality, as it was recorded, measured anew (--measure), or by your own labels (--human)."""
    import json as json_module

    from cli import output
    from settings import RenownError
    from settings.loader import REPOSITORY

    if human:
        _print_human(json, language)
        return
    if measure:
        _measure(data, task or ())
    path = REPOSITORY / METRICS
    if not path.exists():
        raise RenownError(f"{path} is missing", "run 'python -m nlp.evaluate' to measure the models")
    content = json_module.loads(path.read_text("utf-8"))
    if json:
        output.print_json(content)
        return
    rows = [row for row in metric_rows(content) if language in (None, row.get("language"))]
    columns = list(dict.fromkeys(key for row in rows for key in row if key != "detail"))
    body = [(*(_rounded(row.get(key)) for key in columns), _interval(row)) for row in rows]
    output.table([*columns, "95 % interval"], body, "Measured quality")


def _interval(row: dict[str, Any]) -> str:
    span = (row.get("detail") or {}).get("interval")
    return f"{span[0]:.3f} to {span[1]:.3f}" if span else ""


def _measure(data: Path | None, tasks: Sequence[str]) -> None:
    """Measure, then write metrics.json, the model card's tables and, where the warehouse is up, nlp.evaluations."""
    from cli import output
    from cli.train import _readable
    from nlp import evaluate as measuring
    from nlp import model_card
    from settings import RenownError
    from settings.home import home_path
    from warehouse.connection import connect, warehouse_url

    for task in tasks:
        _one_of("--task", task, tuple(measuring.MEASURES))
    if data is not None:
        _readable(data, None)
    elif set(tasks) - {"gold", "banking_intent"}:
        raise RenownError(f"--task {', '.join(tasks)}: measured on sets that are not at hand", "give the folder that holds data/ with --data", exit_code=2)
    rows = measuring.measure(data, tasks)
    model_card.write()
    output.note(f"{len(rows)} figures measured; docs/model_card.md and {METRICS} hold them")
    try:
        with connect(warehouse_url(home_path())) as connection:
            output.note(f"nlp.evaluations: {measuring.store_evaluations(connection)} rows written or changed")
    except RenownError as error:
        output.note(f"not in nlp.evaluations until the next run: {error}")


def _print_human(json: bool, language: str | None) -> None:
    """Measure, store as dataset 'human' of nlp.evaluations, print."""
    from cli import output
    from cli.warehouse import open_warehouse, prepare
    from nlp.human_evaluation import evaluate_human
    from settings.home import home_path
    from warehouse.connection import connect

    with open_warehouse(home_path()) as url:
        prepare(url)
        with connect(url) as connection:
            rows = [row for row in evaluate_human(connection) if language in (None, row["language"])]
    if json:
        output.print_json({"evaluations": rows})
        return
    flat = [{name: _rounded(value) for name, value in {**row, **row["detail"]}.items() if name not in ("detail", "dataset", "labellers")}
            for row in rows]
    output.records(flat, "quality by human labels")


def metric_rows(content: Any) -> list[dict[str, Any]]:
    """The measurements in metrics.json as flat rows (nlp.evaluations' columns)."""
    return [dict(row) for row in (content["evaluations"] if isinstance(content, dict) else content)]


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
