"""Settings, read once from the environment by the commands. See docs/settings.md."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may set, each as an environment variable with the prefix BARAZA_."""

    model_config = SettingsConfigDict(env_prefix="BARAZA_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder of everything that must be kept")
    database_url: str | None = Field(
        None, description="SQLAlchemy address of the database; default: SQLite in DATA_DIR"
    )
    public_origin: str = Field(
        "http://127.0.0.1:8000",
        description="Address people type, without a path; https:// makes cookies Secure",
    )
    secret_key: str | None = Field(
        None, description="Pepper of every code; default: made once and kept in DATA_DIR"
    )
    site_title: str = Field(
        "Baraza", description="Neutral title shown on every page and in the browser history"
    )
    translator: Literal["argos", "libretranslate", "echo"] = Field(
        "argos", description="Which engine translates"
    )
    bundled_translator: bool = Field(
        False, description="Also use the English-Portuguese engine of the demonstration"
    )
    libretranslate_url: str | None = Field(
        None, description="Address of a LibreTranslate server, for TRANSLATOR=libretranslate"
    )
    libretranslate_api_key: str | None = Field(None, description="Its key, where it wants one")
    argos_package_index: str = Field(
        "", description="Address of an Argos package index; empty: the one Argos is built with"
    )
    argos_packages_dir: Path | None = Field(
        None, description="Folder of installed Argos packages; default: DATA_DIR/argos/packages"
    )
    workers: int = Field(1, ge=1, description="Web server processes")
    api_docs: bool = Field(False, description="Serve the OpenAPI description of the JSON API")

    def database_address(self) -> str:
        """Return the database's SQLAlchemy URL."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'baraza.sqlite3').resolve()}"

    def packages_dir(self) -> Path:
        """Return the folder of installed Argos packages."""
        return (self.argos_packages_dir or self.data_dir / "argos" / "packages").resolve()


_KEPT_IN = "secret_key"
_SHORTEST = 32


def secret_key(settings: Settings) -> bytes:
    """Return the secret key: the one that was set, else the one kept in DATA_DIR, else a new one.

    A new one is kept in a file that only its owner may read. Raises ValueError if the key is too
    short to be a secret. Whoever loses the key makes every return code and invitation void.
    """
    if settings.secret_key is not None:
        return _checked(settings.secret_key.strip(), "BARAZA_SECRET_KEY")
    path = settings.data_dir / _KEPT_IN
    if not path.exists():
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(secrets.token_urlsafe(48), path)
    return _checked(path.read_text(encoding="ascii").strip(), str(path))


def _checked(key: str, source: str) -> bytes:
    if len(key) < _SHORTEST:
        raise ValueError(f"The secret key in {source} has fewer than {_SHORTEST} characters.")
    return key.encode()


def _keep(key: str, path: Path) -> None:
    # Written whole beside it, then linked: of two processes that start at once, one wins and
    # both read its key; and a crash leaves no half key behind.
    draft = path.with_name(f"{_KEPT_IN}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
