"""`renown query`: what a listening query means, what each platform is asked, and what a change would add and lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extractors.query import Compiled
    from settings import Settings

app = typer.Typer(help="Compile, explain and try out listening queries.", no_args_is_help=True)
Text = Annotated[str, typer.Argument(metavar="QUERY", help="An expression, or @name of queries.yml.")]
DASHED = {"ignore_unknown_options": True}  # a query may begin with the minus of an exclusion
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.command("compile", context_settings=DASHED)
def compile_(
    text: Text,
    platform: Annotated[list[str] | None, typer.Option(help="Only these platforms; default: every platform with a search.")] = None,
    json: Json = False,
) -> None:
    """Print what each platform would be asked."""
    from cli import output
    from extractors import query
    from settings import RenownError, load_settings

    settings = load_settings()
    names = platform or sorted(query.DIALECTS)
    rows = []
    for name in names:
        if name not in query.DIALECTS:
            raise RenownError(f"{name} has no search", f"use one of {', '.join(sorted(query.DIALECTS))}", 2)
        compiled = query.compile_for(query.parse(text, settings, name), name) if len(names) == 1 else _tolerant(text, name, settings)
        rows += [{"platform": name, "characters": len(said), "query": said, "exact": compiled.exact} for said in compiled.queries]
    output.print_json(rows) if json else output.records(rows, "what is asked")


def _tolerant(text: str, name: str, settings: Settings) -> Compiled:
    """The compiled query, nothing where this platform cannot search it."""
    from extractors import query
    from settings import RenownError

    tree = query.parse(text, settings, name)
    try:
        return query.compile_for(tree, name)
    except RenownError:
        return query.Compiled([], False)


@app.command(context_settings=DASHED)
def explain(text: Text, json: Json = False) -> None:
    """Say in words what a query means, and what each platform can say of it."""
    from cli import output
    from extractors import query
    from extractors.query.explain import coverage, lines
    from extractors.registry import PLATFORMS
    from settings import load_settings

    settings = load_settings()
    meaning = list(lines(query.parse(text, settings, "x")))
    rows = []
    for name in sorted(PLATFORMS):
        asked, rest = coverage(query.parse(text, settings, name), name)
        rows.append({"platform": name, "queries": len(asked), "rest": rest})
    if json:
        output.print_json({"meaning": meaning, "platforms": rows})
        return
    print("\n".join(meaning))
    output.records(rows, "platforms")


@app.command("dry-run")
def dry_run(
    source: Annotated[str, typer.Argument(help="A configured source.")],
    text: Annotated[str, typer.Option("--query", help="The query that it would have.")],
    json: Json = False,
) -> None:
    """Count, against what is stored, what a source's new query would add and lose; nothing is changed."""
    from dataclasses import asdict

    from cli import output
    from cli.warehouse import open_warehouse, prepare
    from extractors.dry_run import compared
    from extractors.dry_run import dry_run as count
    from settings import load_settings

    settings = load_settings()
    compared(settings, source, text)  # wrong words are told before a server is started for them
    with open_warehouse(settings.home) as url:
        prepare(url)
        found = asdict(count(settings, source, text, url=url))
    if json:
        output.print_json(found)
        return
    examples = found.pop("examples")
    output.table(tuple(found), [tuple(found.values())], f"{source}: stored items under the present query and under {text}")
    for name, ids in examples.items():
        if ids:
            print(f"{name}, for example: {', '.join(ids)}")
    if found["lower_bound"]:
        print("The platform was searched with the present query: what a new one would add there, beyond this, is not stored yet.")
