"""`baraza serve`: the web server, and the translation worker beside it.

The worker is a process of its own. It is started again whenever it ends, and no page needs it.
"""

import ctypes
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.commands.installation import opened_or_exit, settings_or_exit
from app.settings import secret_key

_CHECKOUT = Path(__file__).parents[2]
_SECONDS_TO_END = 10
_LONGEST_PAUSE = 60.0
_BACKLOG = 2048


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Web processes; default: BARAZA_WORKERS, else 1.")
    ] = None,
    worker: Annotated[
        bool, typer.Option(help="Keep a translation worker running beside the pages.")
    ] = True,
) -> None:
    """Serve the pages, and keep the translation worker running, until Ctrl-C or SIGTERM."""
    settings = settings_or_exit()
    with opened_or_exit(settings) as database:  # says what to do where the schema is not current
        warnings = database.warnings()
    try:
        secret_key(settings)
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    try:
        listener = listen(host, port)
    except OSError as error:
        typer.echo(f"Cannot listen on {host}, port {port}: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    for warning in warnings:
        typer.echo(f"Warning: {warning}", err=True)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Baraza serves http://{shown}:{listener.getsockname()[1]} - end it with Ctrl-C.")
    run(listener, web_processes=workers or settings.workers, with_worker=worker)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raise OSError where that cannot be."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)  # at once: a bound socket alone does not keep others away
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def run(listener: socket.socket, *, web_processes: int, with_worker: bool = True) -> None:
    """Serve on a listening socket, the translation worker beside it, until told to end.

    Settings are read from the environment by each process. Ends by SystemExit on a signal.
    """
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants it to go on
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    worker = Kept([sys.executable, "-P", "-m", "app", "worker"])
    try:
        if with_worker:
            worker.start()
        config = uvicorn.Config(
            "app.main:create_app" if web_processes == 1 else "app.commands.serve:one_of_many",
            factory=True,
            workers=web_processes,
            access_log=False,  # its lines begin with the address of a person (TRUST T-1)
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # what anybody can forge is not believed
            ws="none",
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        if web_processes > 1:
            Multiprocess(config, sockets=[listener]).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # told once is enough; the worker ends first
        if with_worker:
            worker.end()


def one_of_many() -> FastAPI:
    """Return the application of one web process among several, which must not outlive the first."""
    from app.main import create_app

    if end_with_parent := _end_with_parent():
        end_with_parent()
    first = multiprocessing.parent_process()
    if first is not None and not first.is_alive():
        raise SystemExit(0)  # it was killed before this process had asked to end with it
    return create_app()


def _end(_number: int, _frame: object) -> None:
    raise SystemExit(0)


class Kept:
    """A process that is started again whenever it ends, after a pause that grows while it fails."""

    def __init__(self, command: Sequence[str], *, first_pause: float = 0.5) -> None:
        self._command = command
        self._first_pause = first_pause
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper")

    def start(self) -> None:
        """Start the process, and look after it from a thread."""
        self._thread.start()

    def end(self) -> None:
        """Ask the process to end, wait for it, and kill it where it does not."""
        self._ending.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = self._first_pause
        while not self._ending.is_set():
            begun = monotonic()
            process = self._start()
            while process.poll() is None and not self._ending.wait(0.2):
                pass
            if self._ending.is_set():
                _stop(process)
                return
            if monotonic() - begun > _LONGEST_PAUSE:  # it had been well
                pause = self._first_pause
            typer.echo(
                f"The translation worker ended ({_how(process.returncode)}). "
                f"It starts again in {pause:g} seconds; the pages go on without it.",
                err=True,
            )
            self._ending.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _start(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            preexec_fn=_end_with_parent(),
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _how(status: int) -> str:
    return f"by signal {-status}" if status < 0 else f"with status {status}"


def _end_with_parent() -> Callable[[], object] | None:
    """Return what makes a child end when this process is killed outright; Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    set_signal_at_parents_death = 1
    return lambda: prctl(set_signal_at_parents_death, int(signal.SIGTERM), 0, 0, 0)
