"""The worker: owes what is missing, claims a batch, translates it outside any transaction,
checks it, stores it. Started by `serve` or on its own, on as many machines as one likes
(PostgreSQL); all of them must have the same packages.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app.database import Database
from app.languages import OFFERED
from app.translation import actions, owed
from app.translation.argos import ArgosTranslator
from app.translation.bundled import BundledTranslator
from app.translation.engine import (
    Combined,
    EchoTranslator,
    EngineFailed,
    EngineUnavailable,
    RouteOffered,
    Translator,
)
from app.translation.libretranslate import LibreTranslate
from app.translation.rules import Batch, Result
from app.translation.translating import translate_texts

LEASE = timedelta(minutes=2)
"""What a killed worker held is open again after this long."""

WAIT_FOR_ENGINE = timedelta(seconds=30)
"""How long work rests that the engine could not take just now."""

BATCH_TEXTS = 32
OWED_AT_ONCE = 1000

LOOK_ANYWAY = timedelta(minutes=1)
"""How often an idle worker looks for what is missing, whether or not anything seems new."""

log = logging.getLogger(__name__)


@dataclass
class _Settled:
    """How things were when the worker last found nothing missing; spares it looking again."""

    counts: tuple[int, int, int] | None = None
    routes: list[RouteOffered] | None = None
    until: datetime | None = None

    def holds(
        self, counts: tuple[int, int, int], routes: list[RouteOffered], now: datetime
    ) -> bool:
        known = self.until is not None and now < self.until
        return known and counts == self.counts and routes == self.routes


def make_translator(
    *,
    translator: str,
    packages_dir: Path,
    bundled: bool = False,
    libretranslate_url: str | None = None,
    libretranslate_api_key: str | None = None,
) -> Translator:
    """Return the engine an operator chose: `argos`, `libretranslate` or `echo`.

    `bundled` adds the English-Portuguese engine of the demonstration, after the others. Raise
    ValueError, with a message for the operator, if a setting is missing.
    """
    if translator == "echo":
        return EchoTranslator(OFFERED)
    if translator == "libretranslate":
        if not libretranslate_url:
            raise ValueError("BARAZA_TRANSLATOR=libretranslate needs BARAZA_LIBRETRANSLATE_URL.")
        chosen: Translator = LibreTranslate(libretranslate_url, api_key=libretranslate_api_key)
    else:
        chosen = ArgosTranslator(packages_dir)
    return Combined([chosen, BundledTranslator()]) if bundled else chosen


def run(
    database: Database,
    translator: Translator,
    *,
    worker_name: str,
    stop: threading.Event,
    clock: Callable[[], datetime],
    poll_seconds: float = 0.5,
) -> None:
    """Work until `stop` is set, then give back what is held."""
    settled = _Settled()
    while not stop.is_set():
        try:
            done = _round(database, translator, settled, worker_name=worker_name, clock=clock)
        except DBAPIError as error:
            log.warning("the database cannot be used now: %s", type(error.orig).__name__)
            done = 0
        if not done:
            stop.wait(poll_seconds)
    with database.writing() as session:
        actions.release(session, worker=worker_name, now=clock())


def round_once(
    database: Database, translator: Translator, *, worker_name: str, now: datetime
) -> int:
    """Do one round at the instant `now`; return how many owed translations it dealt with."""
    return _round(database, translator, _Settled(), worker_name=worker_name, clock=lambda: now)


def _round(
    database: Database,
    translator: Translator,
    settled: _Settled,
    *,
    worker_name: str,
    clock: Callable[[], datetime],
) -> int:
    try:
        offered = translator.routes()
    except EngineUnavailable as error:
        log.warning("no routes known: %s", error)
        return 0
    with database.reading() as session:  # an idle worker only reads
        stale = missing = False
        counts = owed.counts(session)
        if not settled.holds(counts, offered, clock()):
            stale = owed.routes_are_stale(session, offered)
            missing = stale or owed.has_missing(session)
            if not missing:
                settled.counts, settled.routes = counts, offered
                settled.until = clock() + LOOK_ANYWAY
        if not missing and not owed.has_work(session, now=clock()):
            return 0
    with database.writing() as session:
        if stale:
            actions.refresh_routes(session, routes=offered)
        if missing:
            actions.reconcile(session, now=clock(), limit=OWED_AT_ONCE)
        batch = actions.claim(
            session, worker=worker_name, now=clock(), lease=LEASE, limit=BATCH_TEXTS
        )
    if batch is None:
        return 0
    return _work_on(database, translator, batch, worker_name=worker_name, clock=clock)


def _work_on(
    database: Database,
    translator: Translator,
    batch: Batch,
    *,
    worker_name: str,
    clock: Callable[[], datetime],
) -> int:
    """Translate and store a batch; where it fails as a whole, text by text."""
    try:
        translations = translate_texts(
            translator,
            [item.body for item in batch.items],
            source=batch.source,
            target=batch.target,
            path=batch.path,
        )
    except EngineUnavailable as error:
        log.warning("%d texts wait for the engine: %s", len(batch.items), error)
        with database.writing() as session:
            actions.release(session, worker=worker_name, now=clock(), wait=WAIT_FOR_ENGINE)
        return 0
    except Exception as error:  # an engine is foreign code; no text may stop the worker
        reason = str(error) if isinstance(error, EngineFailed) else type(error).__name__
        if len(batch.items) > 1:
            return sum(
                _work_on(
                    database,
                    translator,
                    replace(batch, items=(item,)),
                    worker_name=worker_name,
                    clock=clock,
                )
                for item in batch.items
            )
        log.warning("one text %s-%s failed: %s", batch.source, batch.target, reason)
        with database.writing() as session:
            failed = [item.id for item in batch.items]
            actions.fail(session, worker=worker_name, ids=failed, reason=reason, now=clock())
        return len(failed)
    results = [
        Result(item.id, done.body, batch.engine, batch.path, done.verdict, done.reason)
        for item, done in zip(batch.items, translations, strict=True)
    ]
    with database.writing() as session:
        actions.fulfil(session, worker=worker_name, results=results, now=clock())
    log.info("translated %d texts %s-%s", len(results), batch.source, batch.target)
    return len(results)
