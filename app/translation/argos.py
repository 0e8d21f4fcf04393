"""The engine of Argos packages: CTranslate2 run on the package's own model and tokenizer.

Argos's own `translate` is not used: it takes one text at a time, and fetches a sentence splitter
from the network. Here sentences of many texts go to the model in one call.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.languages import readable_as_is
from app.translation.argos_packages import argos_package_class, installed
from app.translation.engine import EngineFailed, EngineUnavailable, RouteOffered, usable_cores

BEAM_SIZE = 2
"""Candidates kept while decoding: on the test packages 2 is as good as 4 and half as slow."""

BATCH_TOKENS = 1024
"""Tokens in one batch; Argos's own default of 32 took 1.7 times as long."""

LONGEST_TOKENS = 200
"""Longer segments are cut: models were trained on sentences, and drop the rest of more."""

MODELS_IN_MEMORY = 4
"""Models kept loaded, the least used out first; one of Argos's takes about 100 MB."""

_PIVOT = "en"

log = logging.getLogger(__name__)


class ArgosTranslator:
    """Translates with the Argos packages in a folder; what is added there is used at once."""

    name = "argos"

    def __init__(self, packages_dir: Path, *, models_in_memory: int = MODELS_IN_MEMORY) -> None:
        self._packages_dir = packages_dir
        self._models_in_memory = models_in_memory
        self._lock = threading.RLock()
        self._seen: float | None = None
        self._packages: dict[tuple[str, str], tuple[Path, str]] = {}
        self._loaded: OrderedDict[tuple[str, str], tuple[Any, Any]] = OrderedDict()

    def routes(self) -> list[RouteOffered]:
        """Return a route for each package, and one through English for each two that meet there."""
        packages = self._look()
        direct = [
            RouteOffered(source, target, (source, target), f"argos {version}")
            for (source, target), (_, version) in packages.items()
        ]
        through = [
            RouteOffered(
                source,
                target,
                (source, _PIVOT, target),
                f"argos {packages[source, _PIVOT][1]}, {packages[_PIVOT, target][1]}",
            )
            for source, middle in packages
            for other, target in packages
            if middle == other == _PIVOT
            and (source, target) not in packages
            and not readable_as_is(source, target)
        ]
        return direct + through

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Translate the segments hop by hop along the path."""
        result = list(segments)
        for source, target in pairwise(path):
            result = self._hop(result, source, target)
        return result

    def _look(self) -> dict[tuple[str, str], tuple[Path, str]]:
        """Return folder and version of each pair; read again when the folder has changed."""
        with self._lock:
            try:
                changed = self._packages_dir.stat().st_mtime
            except OSError:
                changed = None
            if changed is None or changed != self._seen:
                self._seen = changed
                self._loaded.clear()
                self._packages = {
                    (package.source, package.target): (package.folder, package.version)
                    for package in installed(self._packages_dir)
                    if not readable_as_is(package.source, package.target)
                }
            return self._packages

    def _hop(self, segments: list[str], source: str, target: str) -> list[str]:
        with self._lock:
            package, model = self._load(source, target)
        try:
            return _translated(segments, package, model)
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            # The text of the error could quote what was translated; its kind cannot.
            raise EngineFailed(f"argos {source}-{target}: {type(error).__name__}") from error

    def _load(self, source: str, target: str) -> tuple[Any, Any]:
        pair = (source, target)
        found = self._look().get(pair)
        if found is None:
            raise EngineUnavailable(f"no Argos package translates {source} into {target}")
        if pair in self._loaded:
            self._loaded.move_to_end(pair)
            return self._loaded[pair]
        from ctranslate2 import Translator

        while len(self._loaded) >= self._models_in_memory:
            self._loaded.popitem(last=False)
        try:
            package = argos_package_class()(found[0])
            package.tokenizer.encode("a")
            model = Translator(
                str(found[0] / "model"),
                device="cpu",
                inter_threads=usable_cores(),
                intra_threads=1,  # one sentence is too little work to share between cores
            )
        except (RuntimeError, ValueError, OSError, AttributeError) as error:
            # Its route goes with it, so that readers are told rather than left waiting.
            self._packages = {key: value for key, value in self._packages.items() if key != pair}
            log.error("the Argos package %s cannot be loaded: %s", found[0].name, error)
            raise EngineUnavailable(f"the Argos package {found[0].name} is damaged") from error
        self._loaded[pair] = (package, model)
        return package, model


def _translated(segments: list[str], package: Any, model: Any) -> list[str]:
    runs: list[list[str]] = []
    runs_of: list[range] = []
    for segment in segments:
        tokens = package.tokenizer.encode(segment)
        begin = len(runs)
        runs += [tokens[i : i + LONGEST_TOKENS] for i in range(0, len(tokens), LONGEST_TOKENS)]
        runs_of.append(range(begin, len(runs)))
    if not runs:
        return [""] * len(segments)
    prefix = package.target_prefix
    results = model.translate_batch(
        runs,
        target_prefix=[[prefix]] * len(runs) if prefix else None,
        replace_unknowns=True,
        max_batch_size=BATCH_TOKENS,
        batch_type="tokens",
        beam_size=BEAM_SIZE,
        length_penalty=0.2,  # as Argos itself decodes
        max_input_length=0,
        max_decoding_length=min(480, 3 * max(map(len, runs)) + 20),  # a loop must end
    )
    decoded = []
    for result in results:
        text = package.tokenizer.decode(result.hypotheses[0])
        decoded.append(text.removeprefix(prefix).strip())
    return [" ".join(decoded[i] for i in positions) for positions in runs_of]
