"""`renown links serve`: the HTTP door behind the signed links of deliveries and messages.

    link_base_url (your proxy, with TLS) ──► this server, on loopback ──► delivery.door
"""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="The door behind signed links.", no_args_is_help=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen; put a proxy with TLS in front of it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8790,
) -> None:
    """Answer stop, change and "I have it" links until interrupted (RENOWN_LINK_KEY holds the key)."""
    from cli.output import note
    from cli.warehouse import open_warehouse, prepare
    from delivery import door
    from settings import load_settings

    settings = load_settings()
    with open_warehouse(settings.home) as url:
        prepare(url)
        with door.serve(settings, url, host, port) as server:
            note(f"links are answered at http://{host}:{server.server_port}")
            server.serve_forever()
