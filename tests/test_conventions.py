"""What holds for the whole tree and no tool knows: words, sizes, documents, catalogs, locks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from pydantic_core import PydanticUndefined

from app.database import Base
from app.settings import Settings
from app.web.i18n import INTERFACE_LANGUAGES

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock")
_NOT_OURS = {"data", "build", "__pycache__", "node_modules"}
_TEXTS = {"", ".css", ".html", ".ini", ".js", ".lock", ".mako", ".md", ".po", ".py", ".toml"} | {
    ".yaml",
    ".yml",
}


def our_files(folder: Path = ROOT) -> Iterator[Path]:
    """Yield every text file of the project; not what is installed, built or kept as data."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in {
            ".ci",
            ".gitignore",
            ".dockerignore",
        }
        if hidden or path.name in _NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from our_files(path)
        elif path.suffix in _TEXTS:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- settings -----------------------------------------------------------------------------------


def settings_table() -> list[str]:
    """Return the lines of the table in docs/settings.md, as the settings themselves have it."""
    lines = ["| Variable | Default | What it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined, f"{name} has no default"
        default = "" if field.default in (None, "") else f"`{field.default}`"
        lines.append(f"| `BARAZA_{name.upper()}` | {default} | {field.description} |")
    return lines


def test_every_setting_is_documented_and_nothing_else() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = [line for line in document.splitlines() if line.startswith("|")]
    assert documented == settings_table()


def test_every_setting_that_is_named_anywhere_exists() -> None:
    known = {f"BARAZA_{name.upper()}" for name in Settings.model_fields}
    named = {
        (name_of(path), variable)
        for path in our_files()
        if path.suffix in {".md", ".yaml", ".py", ""} and path.name != Path(__file__).name
        for variable in re.findall(r"\bBARAZA_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert {(where, variable) for where, variable in named if variable not in known} == set()


# --- code ---------------------------------------------------------------------------------------


def test_no_file_of_the_application_is_longer_than_300_lines() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "app").rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_there_is_no_drawer() -> None:
    drawers = re.compile(r"^(utils?|common|helpers?|misc|lib|shared)(\.py)?$")
    found = [name_of(p) for p in (ROOT / "app").rglob("*") if drawers.match(p.name)]
    assert found == []


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    hosts = ("pypi." + "org", "python" + "hosted", "npmjs." + "com", "npmjs." + "org")
    places = re.compile(r"(?<![\w.$}~-])/(home|Users|root|work|opt/pypi)/\w|/tmp/\w+/")
    found = [
        f"{name_of(path)}:{number}"
        for path in our_files()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if places.search(line) or any(host in line for host in hosts)
    ]
    assert found == []


# --- what is kept of people (TRUST T-3) ---------------------------------------------------------


def test_no_table_asks_for_more_than_a_name_of_ones_choice() -> None:
    columns = {
        column.name: column for table in Base.metadata.sorted_tables for column in table.columns
    }
    telling = re.compile(r"mail|phone|address|agent|referr|^ip$|_ip|real_name|birth|gender")
    assert [name for name in columns if telling.search(name)] == []
    assert columns["country"].nullable
    assert columns["organisation_type"].nullable


# --- catalogs -----------------------------------------------------------------------------------

CATALOGS = sorted((ROOT / "translations").glob("*.po"))


def forms(message: Message) -> list[str]:
    """Return every translated form of a message; plural forms are several."""
    found = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return [form for form in found if form]


def complete(message: Message, plurals: int) -> bool:
    """Say whether a message is translated, in as many plural forms as its language has."""
    several = isinstance(message.string, (list, tuple))
    return len(forms(message)) == (plurals if several else 1)


def places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[a-z]|%[a-z%]|\{\w+\}", text))


def messages_in_use() -> set[str]:
    """Return every message that the code and the templates show."""
    python = extract_from_dir(
        ROOT / "app", [("**.py", "python")], keywords={**DEFAULT_KEYWORDS, "mark": None}
    )
    pages = extract_from_dir(
        ROOT / "app" / "templates",
        [("**.html", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true", "silent": "false"}},
    )
    return {
        message if isinstance(message, str) else message[0]
        for _, _, message, *_ in (*python, *pages)
        if message
    }


@pytest.mark.parametrize("language", [tag for tag in INTERFACE_LANGUAGES if tag != "en"])
def test_a_catalog_has_every_message_in_use(language: str) -> None:
    with (ROOT / "translations" / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language.replace("-", "_"))
    missing = []
    for used in messages_in_use():
        message = catalog.get(used)
        if message is None or message.fuzzy or not complete(message, catalog.num_plurals):
            missing.append(used)
    assert missing == [], "run `make catalogs`, then translate these"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_catalog_keeps_the_places_of_every_message(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
    wrong = []
    for message in catalog:
        originals = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        if not originals[0]:
            continue  # the header
        allowed = set().union(*(places(original) for original in originals))
        needed = set.intersection(*(places(original) for original in originals))
        for form in forms(message):
            # A plural form may leave out the number ("one post"), never anything else.
            optional = {"%(num)s", "%(count)s"} if len(originals) > 1 else set()
            if not needed - optional <= places(form) <= allowed:
                wrong.append((originals[0], form))
    assert wrong == []


# --- locks --------------------------------------------------------------------------------------


def locked(name: str) -> dict[str, str]:
    """Return what a lock file pins: each requirement with all its hashes."""
    entries = (ROOT / name).read_text(encoding="ascii").replace("\\\n", " ").splitlines()
    return {entry.split(" ", maxsplit=1)[0]: entry for entry in entries if entry.strip()}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_by_hash_and_says_nothing_of_where_it_was_made(name: str) -> None:
    for requirement, entry in locked(name).items():
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z,]+\])?==[\w.+]+", requirement), requirement
        assert "--hash=sha256:" in entry, requirement
        assert "://" not in entry, requirement
        assert " @ " not in entry, requirement


def test_a_larger_lock_holds_the_smaller_ones_unchanged() -> None:
    plain, demo, dev = (locked(name).items() for name in LOCKS)
    assert plain <= demo <= dev


def test_the_locks_are_of_this_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[\[<>=;]", each)[0].lower() for each in requirements}

    def pinned(lock: str) -> set[str]:
        return {re.split(r"[\[=]", requirement)[0] for requirement in locked(lock)}

    extras = project["project"]["optional-dependencies"]
    always = names(project["project"]["dependencies"] + project["build-system"]["requires"])
    assert always - pinned(LOCKS[0]) == set()
    assert names(extras["demo"]) - pinned(LOCKS[1]) == set()
    assert names(extras["dev"]) - pinned(LOCKS[2]) == set()
    assert names(extras["dev"]) & pinned(LOCKS[0]) - always == set()
