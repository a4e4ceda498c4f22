"""`voice-trainer serve`: the same use cases in the browser."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from voice_trainer.cli.console import console
from voice_trainer.cli.options import engine_options, house, person_options
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.wiring import House

PORT = 8765
_MESSAGE_BYTES_MAX = 1 << 20  # a second of sound is a tenth of it


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0: any.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="Another host name browsers ask under.")
@click.option("--team", is_flag=True, help="Accounts with roles; `voice-trainer team found` makes the first.")
@click.option("--certificate", type=click.Path(path_type=Path), help="TLS: the certificate's file (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="TLS: its private key.")
@click.option("--behind-https", is_flag=True, help="A proxy in front of this server speaks https.")
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@person_options
@engine_options
def serve_command(
    host: str,
    port: int,
    names: tuple[str, ...],
    team: bool,
    certificate: Path | None,
    key: Path | None,
    behind_https: bool,
    no_browser: bool,
    person: str | None,
    data_dir: Path | None,
    engine: str | None,
    model: str | None,
) -> int:
    """Practise and review in the browser, on this machine.

    Only this machine can reach the pages unless --host says otherwise. Without --team there is no sign-in:
    whoever reaches them is the one person of this installation. Ctrl-C ends the server.
    """
    secure = behind_https or _tls_given(certificate, key)
    home = house(engine=engine, model=model, person=person, data_dir=data_dir)
    import uvicorn

    from voice_trainer.web.app import create_app
    from voice_trainer.web.settings import WebSettings
    from voice_trainer.web.team import create_team_app
    from voice_trainer.workers import embedded

    settings = WebSettings(host=host, names=frozenset(name.lower() for name in names))
    app = (
        create_team_app(home, settings=settings, secure=secure)
        if team
        else create_app(home, settings=settings)
    )
    if team:
        _someone_can_sign_in(home)
    listening = _listen(host, port)
    url = f"{'https' if certificate else 'http'}://{_shown(host)}:{listening.getsockname()[1]}/"
    console().print(f"[head]voice-trainer[/head] at {url} (Ctrl-C ends it)")
    if not settings.loopback and not team:
        console().print(
            "[middle]Others can reach this address, and there is no sign-in.[/middle] See --team."
        )
    if not settings.loopback and not secure:
        console().print(
            "[middle]Browsers give the microphone to https pages and to this machine's own alone:[/middle] "
            "give --certificate and --key, or put a proxy with https in front and say --behind-https."
        )
    if not no_browser:
        import webbrowser

        webbrowser.open(url)
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws_max_size=_MESSAGE_BYTES_MAX,
        ws_per_message_deflate=False,  # sound does not get smaller, and trying costs more than all the rest
        timeout_graceful_shutdown=5,
        ws_ping_timeout=60,  # a busy browser or server answers late; sound that is cut off is sent again
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    with embedded(home, concurrency=home.settings.workers):
        uvicorn.Server(config).run(sockets=[listening])
    return ExitStatus.DONE


def _tls_given(certificate: Path | None, key: Path | None) -> bool:
    """Whether both files of a certificate are there."""
    if (certificate is None) != (key is None):
        raise UsageError(
            "tls_half", "TLS needs a certificate and its key.", remedy="Give --certificate and --key."
        )
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise UsageError("tls_missing", f"There is no file {file}.", remedy="Check the path.")
    return certificate is not None


def _someone_can_sign_in(home: House) -> None:
    if not home.accounts.accounts():
        raise UsageError(
            "server_unfounded",
            "Nobody can sign in to this server yet.",
            remedy="`voice-trainer team found LOGIN` makes its first admin.",
        )


def _listen(host: str, port: int) -> socket.socket:
    """Bound before the browser opens, so that its first request waits instead of failing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: asyncio sends small answers at once (TCP_NODELAY) only where it sees TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(
            "address_refused",
            f"{host}:{port} cannot be listened on ({error.strerror or error}).",
            remedy="Choose another with --port or --host; 0 takes any free port.",
        ) from error
    return listening


def _shown(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host
