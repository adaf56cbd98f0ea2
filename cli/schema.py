"""`renown schema`: the JSON Schema of config/'s files, for editors and reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(
    file: Annotated[str | None, typer.Argument(help="One file of config/, e.g. banks; all without it.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write <file>.schema.json into this folder.")] = None,
) -> None:
    """Print the JSON Schema of config files (pydantic's, draft 2020-12)."""
    from cli import output

    schemas = file_schemas(file)
    if out is None:
        output.print_json(schemas if file is None else next(iter(schemas.values())))
        return
    import json

    out.mkdir(parents=True, exist_ok=True)
    for stem, body in schemas.items():
        path = out / f"{stem}.schema.json"
        path.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
        output.note(f"wrote {path}")


def file_schemas(file: str | None = None) -> dict[str, dict[str, Any]]:
    """File stem → JSON Schema, of one file or of all. Raises RenownError for a name that is no file of config/."""
    from settings import RenownError
    from settings.loader import FILES

    stem = None if file is None else Path(file).name.removesuffix(".yml")
    if stem is not None and stem not in FILES:
        raise RenownError(f"'{file}' is no file of config/", f"use one of {', '.join(FILES)}", exit_code=2)
    return {name: {"$schema": DIALECT, "title": f"config/{name}.yml", **_without_title(model.model_json_schema())}
            for name, model in FILES.items() if stem in (None, name)}


def _without_title(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "title"}
