"""`baraza languages`: which languages this installation translates between."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.commands.installation import settings_or_exit
from app.commands.worker import chosen_translator
from app.languages import endonym
from app.translation import argos_packages
from app.translation.argos_packages import InstalledPackage, OfferedPackage, PackageError
from app.translation.engine import EngineUnavailable

app = typer.Typer(no_args_is_help=True, help="Which languages are translated here.")

_PIVOT = "en"


@app.command("list")
def list_languages() -> None:
    """List the installed packages and what can be translated into what."""
    settings = settings_or_exit()
    with _told():
        for package in argos_packages.installed(settings.packages_dir()):
            print(_line(package))
        for message in argos_packages.damaged(settings.packages_dir()):
            print(f"Damaged package: {message}", file=sys.stderr)
        routes = chosen_translator(settings).routes()
        if not routes:
            print("Nothing is translated yet. Add a language: baraza languages add CODE")
        for source in sorted({route.source for route in routes}):
            onward = sorted(
                (route for route in routes if route.source == source), key=lambda r: r.target
            )
            direct = [r.target for r in onward if len(r.path) == 2]
            through = [r.target for r in onward if len(r.path) > 2]
            line = f"{source} ({endonym(source)}): directly into {' '.join(direct) or 'none'}"
            print(line + (f"; through English into {' '.join(through)}" if through else ""))


@app.command()
def available() -> None:
    """List the packages the index offers. This reaches the network."""
    with _told():
        for package in argos_packages.offered(_index()):
            print(f"{package.source} -> {package.target}  {package.version}")


@app.command()
def add(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE...", help="Languages to add, such as ar fr.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Install this .argosmodel file instead.")
    ] = None,
) -> None:
    """Add languages from the index (this reaches the network), or a package from a file.

    A running worker uses what was added at once.
    """
    if not codes and file is None:
        _stop("Name a language, or a package with --file.", 2)
    packages_dir = settings_or_exit().packages_dir()
    with _told():
        if file is not None:
            print(f"Installed {_line(argos_packages.install_file(file, packages_dir))}")
        languages = [_known(code) for code in codes or ()]
        if not languages:
            return
        offered = argos_packages.offered(_index())
        wanted = [package for tag in languages for package in _both_ways(tag, offered)]
        with tempfile.TemporaryDirectory() as folder:
            for package in wanted:
                got = argos_packages.fetch(package, Path(folder), progress=_show_progress)
                print(f"Installed {_line(argos_packages.install_file(got, packages_dir))}")
                got.unlink()


@app.command()
def remove(code: Annotated[str, typer.Argument(help="The language to remove.")]) -> None:
    """Remove every package from and into a language. What is translated stays."""
    with _told():
        gone = argos_packages.remove(_known(code), settings_or_exit().packages_dir())
        if not gone:
            _stop(f"No installed package translates from or into {code}.", 1)
        for package in gone:
            print(f"Removed {_line(package)}")


def _line(package: InstalledPackage) -> str:
    size = f"{package.size / 1e6:.0f} MB"
    return f"{package.source} -> {package.target}  version {package.version}  {size}"


def _known(code: str) -> str:
    tag = argos_packages.tag_of(code)
    if tag is None:
        _stop(f"There is no language {code}. Use a tag such as pt, pt-BR or zh-Hant.", 2)
    return str(tag)


def _both_ways(tag: str, offered: list[OfferedPackage]) -> list[OfferedPackage]:
    if tag == _PIVOT:
        raise PackageError("English comes with every other language; name one of those.")
    newest: dict[tuple[str, str], OfferedPackage] = {}
    for package in sorted(offered, key=lambda package: _version(package.version)):
        newest[package.source, package.target] = package
    found = [newest[pair] for pair in ((tag, _PIVOT), (_PIVOT, tag)) if pair in newest]
    if not found:
        raise PackageError(f"The index offers nothing between {tag} and English.")
    return found


def _version(text: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in text.split(".")]


def _index() -> str:
    return settings_or_exit().argos_package_index or argos_packages.built_in_index()


def _show_progress(received: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{received / 1e6:.0f} MB ", end="", file=sys.stderr, flush=True)


@contextmanager
def _told() -> Iterator[None]:
    """End the command with the message of what went wrong."""
    try:
        yield
    except (PackageError, EngineUnavailable) as error:
        _stop(str(error), 1)


def _stop(message: str, status: int) -> None:
    print(message, file=sys.stderr)
    raise typer.Exit(status)
