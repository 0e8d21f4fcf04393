"""Argos packages on this machine and in an index: listed, installed, removed.

Here and in argos.py alone are Argos's own language codes known; everywhere else languages are
BCP 47 tags. Nothing here reaches the network but `offered` and `fetch`, which an operator calls.
"""

import json
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from app.languages import normalise

_TAGS = {"pb": "pt-BR", "zt": "zh-Hant", "iw": "he", "in": "id"}
"""Argos codes that are no BCP 47 tags of the same language."""

_LARGEST = 8 * 1024**3
"""No package comes near this size unpacked; what does is a trap or a mistake."""

_importing = threading.Lock()


class PackageError(Exception):
    """A package is missing, damaged or not what it should be; the message is for an operator."""


@dataclass(frozen=True)
class InstalledPackage:
    """A package in the packages folder."""

    source: str
    target: str
    version: str
    folder: Path
    size: int


@dataclass(frozen=True)
class OfferedPackage:
    """A package that an index offers."""

    source: str
    target: str
    version: str
    links: tuple[str, ...]


def tag_of(code: str) -> str | None:
    """Return the BCP 47 tag of an Argos code (`pb` -> `pt-BR`), or None if it is no language."""
    return _TAGS.get(code) or normalise(code)


def argos_package_class() -> Any:
    """Return Argos's own class for an installed package.

    Importing Argos makes folders in the user's home and reads its settings from there; so it is
    imported with every such folder pointing into one that is thrown away.
    """
    with _importing, _throw_away_home():
        from argostranslate.package import Package  # noqa: PLC0415 - its folders are set before
    return Package


def built_in_index() -> str:
    """Return the address of the package index that Argos is built with."""
    with _importing, _throw_away_home():
        from argostranslate import settings  # noqa: PLC0415 - its folders are set before
    return str(settings.package_index)


@contextmanager
def _throw_away_home() -> Iterator[None]:
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(dict.fromkeys(names, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def folders_in(packages_dir: Path) -> list[Path]:
    """Return the folders that may be packages; those still being installed begin with a dot."""
    if not packages_dir.is_dir():
        return []
    return sorted(
        folder
        for folder in packages_dir.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    )


def installed(packages_dir: Path) -> list[InstalledPackage]:
    """Return the packages in a folder, by source and target; damaged ones are left out."""
    found = []
    for folder in folders_in(packages_dir):
        try:
            source, target, version = _described(folder)
        except PackageError:
            continue
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        found.append(InstalledPackage(source, target, version, folder, size))
    return sorted(found, key=lambda package: (package.source, package.target, package.version))


def damaged(packages_dir: Path) -> list[str]:
    """Return one message for each folder that should be a package and is none."""
    messages = []
    for folder in folders_in(packages_dir):
        try:
            _described(folder)
        except PackageError as error:
            messages.append(str(error))
    return messages


def _described(folder: Path) -> tuple[str, str, str]:
    """Return (source, target, version) of an unpacked package; raise PackageError."""
    try:
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackageError(f"{folder.name}: no metadata.json, so no Argos package") from None
    except (OSError, ValueError) as error:
        raise PackageError(f"{folder.name}: metadata.json cannot be read ({error})") from None
    if not isinstance(metadata, dict) or metadata.get("type", "translate") != "translate":
        raise PackageError(f"{folder.name}: not a package that translates")
    source = tag_of(str(metadata.get("from_code") or ""))
    target = tag_of(str(metadata.get("to_code") or ""))
    if source is None or target is None:
        raise PackageError(f"{folder.name}: metadata.json names no known pair of languages")
    if not (folder / "model" / "model.bin").is_file():
        raise PackageError(f"{folder.name}: the model (model/model.bin) is missing")
    if not any((folder / name).is_file() for name in ("sentencepiece.model", "bpe.model")):
        raise PackageError(f"{folder.name}: the tokenizer (sentencepiece.model) is missing")
    return source, target, str(metadata.get("package_version") or "0")


def install_file(path: Path, packages_dir: Path) -> InstalledPackage:
    """Install an `.argosmodel` file and return what it is; it replaces an older one at once.

    Raise PackageError, and change nothing, if the file is missing, damaged, would write outside
    its folder, or is no Argos package.
    """
    if not path.is_file():
        raise PackageError(f"{path}: there is no such file")
    if not zipfile.is_zipfile(path):
        raise PackageError(f"{path}: not an Argos package (it must be a zip archive)")
    packages_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=packages_dir) as incoming:
        unpacked = Path(incoming)
        try:
            with zipfile.ZipFile(path) as archive:
                _check_members(archive, path)
                archive.extractall(unpacked)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise PackageError(f"{path}: the package is damaged ({error})") from None
        tops = folders_in(unpacked)
        if len(tops) != 1:
            raise PackageError(f"{path}: an Argos package holds exactly one folder")
        source, target, _ = _described(tops[0])
        folder = packages_dir / f"translate-{source}_{target}"
        for older in installed(packages_dir):
            if (older.source, older.target) == (source, target):
                older.folder.rename(unpacked / f"older-{older.folder.name}")
        tops[0].rename(folder)
    return next(package for package in installed(packages_dir) if package.folder == folder)


def _check_members(archive: zipfile.ZipFile, path: Path) -> None:
    total = 0
    for member in archive.infolist():
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise PackageError(f"{path}: the package would write outside its folder")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise PackageError(f"{path}: the package holds a link")
        total += member.file_size
    if total > _LARGEST:
        raise PackageError(f"{path}: the package is far larger than any model")


def remove(language: str, packages_dir: Path) -> list[InstalledPackage]:
    """Remove every package from or into a language and return them; maybe none."""
    gone = [p for p in installed(packages_dir) if language in (p.source, p.target)]
    for package in gone:
        # Renamed first, so that the worker never sees half a package.
        hidden = packages_dir / f".removed-{package.folder.name}"
        shutil.rmtree(hidden, ignore_errors=True)
        package.folder.rename(hidden)
        shutil.rmtree(hidden)
    return gone


def offered(index: str) -> list[OfferedPackage]:
    """Return the packages of the index at this address; raise PackageError if it has none."""
    address = f"{index.rstrip('/')}/index.json"
    try:
        answer = httpx2.get(address, timeout=30, follow_redirects=True)
        answer.raise_for_status()
        entries = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise PackageError(f"{address}: the package index cannot be read ({error})") from None
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("type", "translate") != "translate":
            continue
        source = tag_of(str(entry.get("from_code") or ""))
        target = tag_of(str(entry.get("to_code") or ""))
        links = tuple(
            link for link in entry.get("links", []) if str(link).startswith(("http://", "https://"))
        )
        if source and target and links:
            version = str(entry.get("package_version", ""))
            found.append(OfferedPackage(source, target, version, links))
    if not found:
        raise PackageError(f"{address}: this index offers no package")
    return sorted(found, key=lambda package: (package.source, package.target))


def fetch(package: OfferedPackage, into: Path, *, progress: Callable[[int], None]) -> Path:
    """Download a package into a folder and return the file; `progress` is told the bytes so far.

    Raise PackageError if no link of it gives the whole file.
    """
    file = into / f"{package.source}_{package.target}.argosmodel"
    problems = []
    for link in package.links:
        try:
            with (
                httpx2.stream("GET", link, timeout=60, follow_redirects=True) as answer,
                file.open("wb") as to,
            ):
                answer.raise_for_status()
                for part in answer.iter_bytes(1 << 20):
                    to.write(part)
                    progress(to.tell())
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            problems.append(f"{link}: {error}")
        else:
            return file
    raise PackageError("the package cannot be downloaded: " + "; ".join(problems))
