"""From whole texts to checked translations, through an engine that only knows segments."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.translation.checks import judge
from app.translation.engine import EchoTranslator, EngineFailed, Translator
from app.translation.rules import Verdict
from app.translation.segments import assemble, pieces_of


@dataclass(frozen=True)
class Translated:
    """A translated text, what the checks said of it, and why if it was not `show`."""

    body: str
    verdict: Verdict
    reason: str | None


def translate_texts(
    translator: Translator,
    bodies: Sequence[str],
    *,
    source: str,
    target: str,
    path: tuple[str, ...],
) -> list[Translated]:
    """Translate texts of one language into another, each segment once, in one call.

    `source` and `target` are those of the texts and readers, `path` the engine's way between
    them. Raise what the engine raises, and EngineFailed if it lost a segment.
    """
    pieces = [pieces_of(body, source) for body in bodies]
    segments = [[piece.text for piece in some if piece.translate] for some in pieces]
    once = list(dict.fromkeys(segment for some in segments for segment in some))
    outputs = translator.translate(once, path=path)
    if len(outputs) != len(once):
        raise EngineFailed(f"{translator.name}: {len(outputs)} answers to {len(once)} segments")
    rendered = dict(zip(once, outputs, strict=True))
    is_echo = isinstance(translator, EchoTranslator)  # a copy by design: the checks would hide it
    results = []
    for some_pieces, some_segments in zip(pieces, segments, strict=True):
        good, verdict, reason = (
            (rendered, Verdict.SHOW, None)
            if is_echo
            else judge(some_segments, rendered, source, target)
        )
        body = assemble(some_pieces, good, source=source, target=target)
        results.append(Translated(body, verdict, reason))
    return results
