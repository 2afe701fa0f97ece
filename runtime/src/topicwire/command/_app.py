"""The command as a whole."""

from typing import Annotated

import typer

from topicwire._version import __version__
from topicwire.command._catalogue import Catalogue

_EPILOG = (
    "Exit status: 0 done; 1 not delivered, less came than asked for, or a problem found; 2 wrong "
    "arguments, settings or message; 3 no connection to the broker; 130 interrupted."
)


def make_app(catalogue: Catalogue, words: list[str]) -> typer.Typer:
    """Return the command; `words` are the arguments, or what the shell wants completed."""
    app = typer.Typer(
        help=f"Watch, try and check the protocol {catalogue.package} at a broker.",
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(
                f"{catalogue.name} {catalogue.version}, protocol {catalogue.protocol.version}, "
                f"topicwire {__version__}"
            )
            raise typer.Exit

    @app.callback()
    def main(
        *,
        version: Annotated[
            bool,
            typer.Option(
                "--version", help="Show the versions.", is_eager=True, callback=show_version
            ),
        ] = False,
    ) -> None:
        pass

    # Imported here, because each takes time and one of them is wanted.
    from topicwire.command._listing import add_listing
    from topicwire.command._tail import add_tail

    add_tail(app, catalogue)
    if "send" in words:
        from topicwire.command._send import make_send

        app.add_typer(make_send(catalogue, words), name="send", help=_SEND)
    else:
        app.command("send", help=_SEND)(lambda: None)
    add_listing(app, catalogue)
    from topicwire.command._bench import add_bench
    from topicwire.command._doctor import add_doctor
    from topicwire.command._traffic import add_stats

    add_stats(app, catalogue)
    add_doctor(app, catalogue)
    add_bench(app, catalogue)
    return app


_SEND = "Send a message of a channel: fields as options, as JSON or from standard input."
