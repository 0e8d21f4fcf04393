"""What people typed, as plain strings, before any rule has looked at it."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")


@dataclass(frozen=True)
class Typed:
    """The fields of a form as they were sent; line ends are always `\\n`."""

    fields: dict[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """Return the first value of a field, as typed; empty if it was not sent."""
        return next(iter(self.fields.get(name, ())), "")

    def line(self, name: str) -> str:
        """Return the first value of a field as one trimmed line."""
        return " ".join(self.text(name).split())

    def all(self, name: str) -> list[str]:
        """Return every non-empty value of a field, in order."""
        return [value for value in self.fields.get(name, ()) if value.strip()]

    def has(self, name: str) -> bool:
        """Say whether a box was ticked or a field filled."""
        return bool(self.text(name).strip())


def same_line_ends(text: str) -> str:
    """Return a text whose lines all end in `\\n`, whatever machine it was typed on."""
    return _LINE_ENDS.sub("\n", text)


async def typed(request: Request) -> Typed:
    """Read the form of this request. Uploaded files are not taken and come out as nothing."""
    form = await request.form()
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(same_line_ends(value))
    result = Typed({name: tuple(values) for name, values in fields.items()})
    request.state.typed = result  # so that an error page can give it back
    return result


Form = Annotated[Typed, Depends(typed)]
