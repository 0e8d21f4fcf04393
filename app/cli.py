"""The `baraza` command: one sub-command per noun, in app/commands."""

import typer

app = typer.Typer(
    help="Baraza: consultations that people read and write in their own language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
