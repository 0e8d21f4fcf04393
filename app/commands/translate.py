"""`baraza translate`: lines in, lines out, the same way the worker translates posts."""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer

from app.commands.installation import settings_or_exit
from app.commands.worker import chosen_translator
from app.languages import normalise, readable_as_is
from app.translation.engine import EngineFailed, EngineUnavailable, RouteOffered, Translator
from app.translation.rules import Verdict, routes_for
from app.translation.translating import translate_texts

app = typer.Typer()

_LINES_AT_ONCE = 64


@app.command("translate")
def translate(
    source: Annotated[str, typer.Option("--from", help="Language of the lines, such as en.")],
    target: Annotated[str, typer.Option("--to", help="Language wanted, such as pt.")],
) -> None:
    """Translate lines from standard input to standard output.

    A sentence whose translation the checks withhold stays in the original.
    """
    translator = chosen_translator(settings_or_exit())
    try:
        route = _route(translator, source, target)
        kept = 0
        for lines in _chunks():
            done = translate_texts(
                translator, lines, source=route.source, target=route.target, path=route.path
            )
            for line in done:
                print(line.body)
                kept += line.verdict is not Verdict.SHOW
            sys.stdout.flush()
    except (EngineUnavailable, EngineFailed) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    if kept:
        print(f"{kept} lines hold sentences that could not be translated well.", file=sys.stderr)


def _route(translator: Translator, source: str, target: str) -> RouteOffered:
    tags = [normalise(source), normalise(target)]
    for given, tag in zip((source, target), tags, strict=True):
        if tag is None:
            print(f"There is no language {given}.", file=sys.stderr)
            raise typer.Exit(2)
    written, read = str(tags[0]), str(tags[1])
    if readable_as_is(written, read):
        print(f"{source} and {target} are the same language.", file=sys.stderr)
        raise typer.Exit(2)
    route = routes_for(translator.routes(), written=[written], read=[read]).get((written, read))
    if route is None:
        raise EngineUnavailable(f"Nothing installed here translates {written} into {read}.")
    return route


def _chunks() -> Iterator[list[str]]:
    lines = (line.rstrip("\n") for line in sys.stdin)
    while some := list(islice(lines, _LINES_AT_ONCE)):
        yield some
