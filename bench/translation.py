"""Texts from owed to stored, beside the bare model on the same segments.

With the Argos packages of the data folder; without them, with the bundled engine, whose bare model
is the same one called without the worker around it.
"""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from app.clock import utc_now
from app.database import Database
from app.translation.actions import add_languages, write_text
from app.translation.argos import BATCH_TOKENS, BEAM_SIZE, ArgosTranslator
from app.translation.argos_packages import argos_package_class, install_file, installed
from app.translation.bundled import BundledTranslator, is_there
from app.translation.engine import Translator
from app.translation.models import Readership, Translation
from app.translation.segments import pieces_of
from app.translation.worker import round_once
from bench.data import Data
from bench.installation import installation
from bench.machine import facts
from bench.prose import posts_in

TEXTS = 60
SOURCE, TARGET = "en", "pt"


def measure(data: Data) -> dict[str, Any]:
    """Return segments a second end to end and of the bare model, as JSON.

    Raises RuntimeError where there is no engine to measure.
    """
    with installation() as baraza:
        machine = facts(baraza.folder)
        packages = baraza.folder / "packages"
        translator, bare = _engine(data.folder / "argos", packages)
        texts = list(islice(posts_in(SOURCE, data.folder), TEXTS))
        segments = [
            piece.text for text in texts for piece in pieces_of(text, SOURCE) if piece.translate
        ]
        print(f"{translator.name}: loading …", file=sys.stderr, flush=True)
        begun = perf_counter()
        translator.translate(["Good morning."], path=(SOURCE, TARGET))
        bare(["Good morning."])
        loading = perf_counter() - begun
        print(f"{len(segments)} segments, bare …", file=sys.stderr, flush=True)
        bare_seconds = [_timed(lambda: bare(segments))]
        print(f"{len(segments)} segments, owed to stored …", file=sys.stderr, flush=True)
        _owe(baraza.database, texts)
        whole_seconds = _timed(lambda: _work(baraza.database, translator))
        bare_seconds.append(_timed(lambda: bare(segments)))
        done = _done(baraza.database)
    bare_rate = len(segments) / (sum(bare_seconds) / len(bare_seconds))
    whole_rate = len(segments) / whole_seconds
    return {
        "bench": "translation",
        "machine": machine,
        "engine": translator.name,
        "route": [SOURCE, TARGET],
        "texts": len(texts),
        "texts_stored": done,
        "segments": len(segments),
        "characters": sum(map(len, segments)),
        "loading_seconds": round(loading, 2),
        "end_to_end": {
            "seconds": round(whole_seconds, 2),
            "segments_per_second": round(whole_rate, 1),
            "texts_per_second": round(len(texts) / whole_seconds, 2),
        },
        "bare": {
            "seconds_each_time": [round(one, 2) for one in bare_seconds],
            "segments_per_second": round(bare_rate, 1),
        },
        "ratio": round(whole_rate / bare_rate, 4),
    }


Bare = Callable[[Sequence[str]], object]


def _engine(files: Path, packages: Path) -> tuple[Translator, Bare]:
    """Return the engine to measure, and its model without anything around it."""
    for file in sorted(files.glob("*.argosmodel")):
        install_file(file, packages)
    for package in installed(packages):
        if (package.source, package.target) == (SOURCE, TARGET):
            return ArgosTranslator(packages), _bare_argos(package.folder)
    if is_there():
        bundled = BundledTranslator()
        return bundled, lambda segments: bundled.translate(segments, path=(SOURCE, TARGET))
    raise RuntimeError(
        f"there is no engine from {SOURCE} to {TARGET}: no Argos package in {files}, and the "
        "bundled one (pip install baraza[demo]) is not installed"
    )


def _bare_argos(folder: Path) -> Bare:
    """Return CTranslate2's translate_batch with the settings that the worker uses."""
    from ctranslate2 import Translator as Model  # noqa: PLC0415 - slow to load

    package = argos_package_class()(folder)
    model = Model(
        str(folder / "model"),
        device="cpu",
        inter_threads=len(os.sched_getaffinity(0)),
        intra_threads=1,
    )

    def translate(segments: Sequence[str]) -> object:
        tokens = [package.tokenizer.encode(segment) for segment in segments]
        results = model.translate_batch(
            tokens,
            replace_unknowns=True,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            beam_size=BEAM_SIZE,
            length_penalty=0.2,
        )
        return [package.tokenizer.decode(result.hypotheses[0]) for result in results]

    return translate


def _timed(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun


def _owe(database: Database, texts: list[str]) -> None:
    """Write texts for a readership that reads the target language."""
    now = utc_now()
    with database.writing() as session:
        readership = Readership()
        session.add(readership)
        session.flush()
        add_languages(session, readership_id=readership.id, languages=[TARGET])
        for text in texts:
            write_text(session, readership_id=readership.id, language=SOURCE, body=text, now=now)


def _work(database: Database, translator: Translator) -> None:
    while round_once(database, translator, worker_name="bench", now=utc_now()):
        continue


def _done(database: Database) -> int:
    with database.reading() as session:
        done = select(func.count()).select_from(Translation).where(Translation.state == "done")
        return session.scalar(done) or 0
