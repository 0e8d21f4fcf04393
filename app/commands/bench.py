"""`baraza bench`: what this installation does on this machine, beside the limit it could reach."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

bench = typer.Typer(
    help="Measure Baraza on this machine: JSON on standard output, progress on standard error.",
    no_args_is_help=True,
)

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="A consultation file, or a folder with consultation.json, flores/ and argos/; "
        "default: ../shared/data beside the checkout, else small made-up data.",
    ),
]


@bench.command()
def pages(data: DataOption = None) -> None:
    """Thread pages a second, beside the same bytes lying ready in the same server."""
    from bench.pages import measure

    _report(measure, data)


@bench.command()
def posting(data: DataOption = None) -> None:
    """Posts acknowledged a second, beside the commits a second that the disk allows."""
    from bench.posting import measure

    _report(measure, data)


@bench.command()
def translation(data: DataOption = None) -> None:
    """Segments a second from owed to stored, beside the bare engine on the same segments."""
    from bench.translation import measure

    _report(measure, data)


@bench.command()
def detection(data: DataOption = None) -> None:
    """How often the language of a text is guessed right, for sentences and for five words."""
    from bench.detection import measure

    _report(measure, data)


@bench.command()
def quality(data: DataOption = None) -> None:
    """How good the translations shown are. Not built yet."""
    typer.echo("baraza bench quality is not built yet.", err=True)
    raise typer.Exit(2)


def _report(measure: Callable[[Any], dict[str, Any]], named: Path | None) -> None:
    from bench.data import find

    try:
        figures = measure(find(named))
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except RuntimeError as error:
        typer.echo(f"It could not be measured: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(json.dumps(figures, indent=2, ensure_ascii=False))
