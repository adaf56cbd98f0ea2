"""`renown label`: what people say instead of the models. Sheets out and in, how far people agree, rows to train on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

    from nlp.agreement import Disagreement

app = typer.Typer(name="label", help="Human labels: one more row each, and they win.", no_args_is_help=True)
LANGUAGES = "en, ru, zh, ar, tr or und"


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", help="FILE.csv or FILE.xlsx; never one that exists.")],
    task: Annotated[
        list[str] | None, typer.Option(help="sentiment, banks, topics, intents or urgency; again for more. Default: sentiment.")
    ] = None,
    language: Annotated[str | None, typer.Option(help=f"Only this language: {LANGUAGES}.")] = None,
    size: Annotated[int, typer.Option(min=1, max=100_000, help="Rows.")] = 200,
    annotator: Annotated[
        str | None, typer.Option(help="Whose sheet it is: what they have labelled is asked again only by chance.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Draw the same rows again (for a second annotator); written in every sheet.")
    ] = None,
    show_model: Annotated[bool, typer.Option("--show-model", help="Show the model's label (it sways people).")] = False,
) -> None:
    """Draw a sheet of mentions to label: half where the models are unsure, a tenth at random, the rest over all strata."""
    from cli import output
    from nlp.label_sheet import label_sheet
    from nlp.sheets import kind_of, write_sheet
    from settings import RenownError, load_settings

    kind_of(out)
    if out.exists():  # before a draw that may take minutes
        raise RenownError(f"{out} exists, and may hold somebody's labels", "give --out another name", exit_code=2)
    settings, tasks = (
        load_settings(),
        list(dict.fromkeys(name.strip() for given in task or ["sentiment"] for name in given.split(","))),
    )
    with _warehouse() as connection:
        sheet = label_sheet(
            connection, settings, tasks, size=size, language=language, annotator=annotator, seed=seed, show_model=show_model
        )
    write_sheet(out, sheet)
    output.note(f"{out}: {len(sheet.rows)} rows ({sheet.about['drawn']}), seed {sheet.about['seed']}")


@app.command("import")
def import_labels(
    file: Annotated[
        Path, typer.Argument(help="A filled sheet (.csv, .xlsx), or JSON Lines of {platform, site, kind, native_id, labels}.")
    ],
    labeller: Annotated[
        str | None, typer.Option("--labeller", "--annotator", help="Whose labels. Default: the sheet's annotator, or 'import'.")
    ] = None,
) -> None:
    """Add a file of human labels, all of it or nothing; importing it again adds nothing, a changed mind adds a newer row."""
    from cli import output
    from nlp.labels import import_labels as add_lines
    from nlp.sheet_import import import_sheet
    from nlp.sheets import KINDS
    from settings import RenownError, load_settings

    if not file.is_file():
        raise RenownError(f"{file}: no such file", "check the path", exit_code=2)
    with _warehouse() as connection:
        is_sheet = file.suffix.lower() in KINDS
        added = (
            import_sheet(connection, file, load_settings(), labeller)
            if is_sheet
            else add_lines(connection, file, labeller or "import")
        )
    output.note(f"imported {added} labels")


@app.command("agreement")
def agreement(
    task: Annotated[str | None, typer.Option(help="Only this task.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    texts: Annotated[bool, typer.Option("--texts", help="Show the texts of the items in disagreement.")] = False,
) -> None:
    """How far people agree on the same items: percent, Cohen's kappa, Krippendorff's alpha, and where they do not."""
    from dataclasses import asdict

    from cli import output
    from nlp.agreement import agreements, disagreements, human_answers

    with _warehouse() as connection:
        answers = human_answers(connection, task)
        apart = disagreements(answers)
        rows = [_item(connection, item, texts) for item in apart]
    measured = [asdict(one) | {"annotators": list(one.annotators)} for one in agreements(answers)]
    if json:
        output.print_json({"agreement": measured, "disagreements": rows})
        return
    output.records(
        [{name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()} for row in measured],
        "agreement",
    )
    if measured:
        output.records(
            [{**row, "answers": [f"{who}: {said}" for who, said in row["answers"].items()]} for row in rows], "disagreements"
        )


def _item(connection: psycopg.Connection[Any], item: Disagreement, texts: bool) -> dict[str, Any]:
    from nlp.shown import shown_text

    row: dict[str, Any] = {"task": item.task, "id": item.mention_id, "version": item.version, "answers": item.answers}
    if not texts:
        return row
    return row | {"text": shown_text(connection, item.mention_id, item.version)}


@app.command("rows")
def rows(out: Annotated[Path, typer.Option("--out", help="The JSON Lines to write.")]) -> None:
    """Write human sentiment labels as training rows {text, language, label}, for 'renown train --labels'."""
    import json

    from cli import output
    from nlp.labels import training_rows

    count = 0
    with _warehouse() as connection, out.open("w", encoding="utf-8") as stream:
        for count, row in enumerate(training_rows(connection), 1):  # noqa: B007  (counted for the note)
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    output.note(f"{out}: {count} rows")


@contextmanager
def _warehouse() -> Iterator[psycopg.Connection[Any]]:
    """A connection to the migrated warehouse; committed at the end of the block, rolled back where it fails."""
    from cli.warehouse import open_warehouse, prepare
    from settings.home import home_path
    from warehouse.connection import connect

    with open_warehouse(home_path()) as url:
        prepare(url)
        with connect(url) as connection:
            yield connection
