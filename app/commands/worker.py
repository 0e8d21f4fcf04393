"""`baraza worker`: the process that translates."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

import typer

from app.clock import utc_now
from app.commands.installation import settings_or_exit
from app.database import Database, new_id
from app.settings import Settings
from app.translation.engine import Translator
from app.translation.worker import make_translator, run

app = typer.Typer()


def chosen_translator(settings: Settings) -> Translator:
    """Return the engine the settings name; say on stderr what is missing, and end with 2."""
    try:
        return make_translator(
            translator=settings.translator,
            packages_dir=settings.packages_dir(),
            bundled=settings.bundled_translator,
            libretranslate_url=settings.libretranslate_url,
            libretranslate_api_key=settings.libretranslate_api_key,
        )
    except ValueError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


@app.command("worker")
def work() -> None:
    """Translate what is owed until told to stop. `serve` starts one by itself."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    settings = settings_or_exit()
    translator = chosen_translator(settings)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    os.nice(10)  # readers come first: pages never wait for translation
    database = Database(settings.database_address(), pool_size=2)
    run(database, translator, worker_name=f"worker-{new_id()}", stop=stop, clock=utc_now)
    database.dispose()
