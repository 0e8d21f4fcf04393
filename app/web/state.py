"""What one running web process holds: made once by `create_app`, found through the request."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import HTTPConnection

from app.database import Database


@dataclass
class Noticeboard:
    """Small facts noticed while reading, written down later in one go.

    Reading never waits for writing (TRUST R-6): who came by and which missing translation was
    looked for are kept here and flushed every few seconds. A crash loses seconds of them, no words.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _visits: dict[str, datetime] = field(default_factory=dict)
    _wanted: set[tuple[str, str]] = field(default_factory=set)

    def note_visit(self, session_id: str, at: datetime) -> None:
        """Remember that this session was used."""
        with self._lock:
            self._visits[session_id] = at

    def note_wanted(self, wanted: set[tuple[str, str]]) -> None:
        """Remember (text id, language) of translations a reader looked for in vain."""
        with self._lock:
            self._wanted |= wanted

    def last_visit(self, session_id: str) -> datetime | None:
        """Return a visit not yet written down."""
        with self._lock:
            return self._visits.get(session_id)

    def take(self) -> tuple[dict[str, datetime], set[tuple[str, str]]]:
        """Return everything noted since the last call, and forget it."""
        with self._lock:
            taken = (self._visits, self._wanted)
            self._visits, self._wanted = {}, set()
            return taken


@dataclass(frozen=True)
class State:
    """The process's database, clock and the few settings that pages need."""

    database: Database
    clock: Callable[[], datetime]
    pepper: bytes
    public_origin: str
    site_title: str
    noticeboard: Noticeboard

    @property
    def is_https(self) -> bool:
        """Say whether people reach this site over TLS, so that cookies must be Secure."""
        return self.public_origin.startswith("https://")


def state_of(request: HTTPConnection) -> State:
    """Return the state of the process that serves this request."""
    state: State = request.app.state.baraza
    return state
