"""The `baraza` command: one sub-command per noun, in app/commands."""

import typer

from app.commands import (
    backup,
    bench,
    consultation,
    demo,
    doctor,
    facilitator,
    languages,
    migrate,
    report,
    serve,
    translate,
    worker,
)

app = typer.Typer(
    help="Baraza: consultations that people read and write in their own language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("worker")(worker.work)
app.command("migrate")(migrate.migrate)
app.add_typer(facilitator.facilitator, name="facilitator")
app.add_typer(languages.app, name="languages")
app.add_typer(consultation.consultation, name="consultation")
app.command("report")(report.report)
app.command("translate")(translate.translate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.add_typer(bench.bench, name="bench")


def main() -> None:
    """Run the command that was typed."""
    app()
