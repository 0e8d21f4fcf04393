"""What facilitators do with threads and posts: both databases, edges of time, the log."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.consultations.models import Consultation
from app.consultations.queries import consultation_by_id
from app.database import Database
from app.discussion.actions import contribute, withdraw
from app.discussion.facilitation import (
    add_thread,
    change_thread,
    close_thread,
    reopen_thread,
    summarise,
)
from app.discussion.models import Closure, Hiding, Post, Summary, Thread
from app.discussion.moderation import admit_held_post, hide_post, unhide_post
from app.discussion.queries import post_facts
from app.discussion.thread_queries import ThreadView, newest_summary, thread
from app.identity.queries import acts, verify_acts
from app.refusals import Refusal
from app.translation.models import Words
from tests.factories import a_consultation, a_facilitator, a_participation, a_post, a_thread

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Here:
    """A consultation with one thread, its facilitator, and one participant with a post."""

    database: Database
    consultation: str
    facilitator: str
    participation: str
    person: str
    post: str

    @property
    def by(self) -> dict[str, Any]:
        return {"consultation_id": self.consultation, "facilitator_id": self.facilitator}

    def view(self, number: int = 1) -> ThreadView:
        with self.database.reading() as session:
            whole = consultation_by_id(session, self.consultation)
            assert whole is not None
            found = thread(session, self.consultation, number, whole.schedule)
            assert found is not None
            return found

    def verbs(self) -> list[str]:
        with self.database.reading() as session:
            assert verify_acts(session) is None
            return [f"{act.verb} {act.object_id}" for act in reversed(acts(session))]

    def body(self, text_id: str | None) -> str:
        with self.database.reading() as session:
            return session.get_one(Words, text_id).body

    def count(self, table: type[Any]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def make(database: Database, now: datetime, **thread_times: datetime) -> Here:
    with database.writing() as session:
        made = a_consultation(session, now=now)
        facilitator = a_facilitator(session, now=now, consultation=made)
        own = a_thread(session, consultation=made, now=now, **thread_times)  # type: ignore[arg-type]  # times only
        author = a_participation(session, consultation=made, now=now)
        post = a_post(session, thread=own, author=author, now=now)
        return Here(database, made.id, facilitator.id, author.id, author.person_id, post.id)


@pytest.fixture
def here(database: Database, now: datetime) -> Here:
    return make(database, now)


def add(here: Here, now: datetime, **said: Any) -> int:
    words = {"title": "Roads", "question": "Which road is missing?", "language": "en"}
    with here.database.writing() as session:
        return add_thread(session, **here.by, **(words | said), now=now)


# --- threads --------------------------------------------------------------------------------------


def test_a_thread_is_added_under_the_next_number(here: Here, now: datetime) -> None:
    assert add(here, now, theme_on=date(2026, 3, 11)) == 2
    assert add(here, now) == 2  # re-sent
    view = here.view(2)
    assert here.body(view.question_id) == "Which road is missing?"
    assert view.theme_on == date(2026, 3, 11)
    assert view.times.is_open(now)
    assert here.verbs() == ["added a thread 2"]


def test_a_number_that_is_taken_is_refused(here: Here, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        add(here, now, number=1)
    assert (refused.value.code, refused.value.field) == ("number_taken", "number")
    assert add(here, now, number=7) == 7


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"title": ""}, "title_missing", "title"),
        ({"question": " "}, "question_missing", "question"),
        ({"question": "why " * 301}, "too_long", "question"),
        ({"language": "??"}, "language_unknown", "language"),
        ({"opens_at": 1, "closes_at": 1}, "closes_before_opening", "closes"),
        ({"opens_at": 48}, "outside_consultation", "opens"),
        ({"closes_at": -24}, "outside_consultation", "closes"),
    ],
)
def test_threads_that_cannot_be(
    sqlite_database: Database, now: datetime, said: dict[str, Any], code: str, field: str
) -> None:
    here = make(sqlite_database, now)
    for name in ("opens_at", "closes_at"):
        if name in said:
            said = said | {name: now + said[name] * HOUR}
    with pytest.raises(Refusal) as refused:
        add(here, now, **said)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert here.count(Thread) == 1


def test_a_thread_changes_only_in_what_is_new(here: Here, now: datetime) -> None:
    before = here.view()

    def change(question: str, closes_at: datetime | None = None) -> None:
        with here.database.writing() as session:
            change_thread(
                session,
                **here.by,
                number=1,
                title="Wells",
                question=question,
                language="en",
                opens_at=None,
                closes_at=closes_at,
                theme_on=None,
                now=now,
            )

    change("Where is a well missing?")
    assert here.verbs() == []
    change("Where is a pump missing?", now + HOUR)
    after = here.view()
    assert after.title_id == before.title_id
    assert here.body(after.question_id) == "Where is a pump missing?"
    assert here.body(before.question_id) == "Where is a well missing?"
    assert after.times.ends_at == now + HOUR
    assert here.verbs() == ["changed a thread 1"]


def close(here: Here, now: datetime, reason: str = "") -> None:
    with here.database.writing() as session:
        close_thread(session, **here.by, number=1, reason=reason, language="en", now=now)


def reopen(here: Here, now: datetime) -> None:
    with here.database.writing() as session:
        reopen_thread(session, **here.by, number=1, now=now)


def test_a_thread_is_closed_by_hand_and_opened_again(here: Here, now: datetime) -> None:
    close(here, now, "We have heard enough of wells.")
    view = here.view()
    assert view.times.is_open(now - MICROSECOND)
    assert not view.times.is_open(now)
    assert here.body(view.closure_reason_id) == "We have heard enough of wells."
    close(here, now + HOUR)  # again: nothing
    reopen(here, now + HOUR)
    reopen(here, now + HOUR)  # again: nothing
    assert here.view().times.is_open(now + HOUR)
    close(here, now + 2 * HOUR)
    assert here.view().closure_reason_id is None
    assert here.count(Closure) == 2
    assert here.verbs() == ["closed a thread 1", "opened a thread 1", "closed a thread 1"]


def test_a_thread_is_opened_before_its_time(database: Database, now: datetime) -> None:
    here = make(database, now, opens_at=now + 5 * HOUR, closes_at=now + 9 * HOUR)
    with pytest.raises(Refusal) as refused:
        close(here, now)
    assert refused.value.code == "thread_not_open"
    reopen(here, now)
    times = here.view().times
    assert (times.starts_at, times.ends_at) == (now, now + 9 * HOUR)


def test_a_thread_whose_time_is_over_opens_until_the_consultation_closes(
    database: Database, now: datetime
) -> None:
    here = make(database, now, closes_at=now)
    with pytest.raises(Refusal) as refused:
        close(here, now)
    assert refused.value.code == "thread_is_closed"
    reopen(here, now)
    times = here.view().times
    assert times.ends_at == times.consultation.closes_at


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "consultation_not_open"), (2, "consultation_closed")]
)
def test_no_thread_opens_outside_its_consultation(
    sqlite_database: Database, now: datetime, days: int, code: str
) -> None:
    here = make(sqlite_database, now)  # open from a day ago until in two days
    moment = now + timedelta(days=days) - (MICROSECOND if days < 0 else timedelta(0))
    with pytest.raises(Refusal) as refused:
        reopen(here, moment)
    assert refused.value.code == code


def test_the_newest_summary_is_shown(here: Here, now: datetime) -> None:
    def say(text: str, at: datetime) -> None:
        with here.database.writing() as session:
            summarise(session, **here.by, number=1, text=text, language="en", now=at)

    say("Wells are dry.", now)
    say("Wells are dry.", now + HOUR)  # re-sent
    say("Wells are dry; two were mended.", now + HOUR)
    with here.database.reading() as session:
        newest = newest_summary(session, here.view().id)
    assert here.body(newest) == "Wells are dry; two were mended."
    assert here.count(Summary) == 2
    with pytest.raises(Refusal) as refused:
        say(" ", now)
    assert refused.value.field == "text"


# --- posts ----------------------------------------------------------------------------------------


def hide(here: Here, now: datetime, reason: str = "It names somebody.") -> None:
    with here.database.writing() as session:
        hide_post(session, **here.by, post_id=here.post, reason=reason, language="en", now=now)


def test_a_post_is_hidden_with_a_reason_and_shown_again(here: Here, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        hide(here, now, "")
    assert refused.value.field == "text"
    hide(here, now)
    hide(here, now, "Twice.")  # again: nothing
    with here.database.reading() as session:
        found = post_facts(session, here.post)
        assert found is not None
        assert not found.visible
    assert here.body(found.hidden_reason_id) == "It names somebody."
    for _ in range(2):
        with here.database.writing() as session:
            unhide_post(session, **here.by, post_id=here.post, now=now)
    with here.database.reading() as session:
        shown = post_facts(session, here.post)
        assert shown is not None
        assert shown.visible
    assert here.count(Hiding) == 1
    assert here.verbs() == [f"hid a post {here.post}", f"showed a post again {here.post}"]


def send_late(here: Here, now: datetime) -> str:
    close(here, now)
    with here.database.writing() as session:
        sent = contribute(
            session,
            consultation_id=here.consultation,
            number=1,
            participation_id=here.participation,
            body="I came late.",
            language="en",
            reply_to=None,
            late=True,
            now=now + HOUR,
        )
        assert sent.held
        return sent.post_id


def admit(here: Here, post_id: str, now: datetime) -> None:
    with here.database.writing() as session:
        admit_held_post(session, **here.by, post_id=post_id, now=now)


def test_a_late_post_is_let_in(here: Here, now: datetime) -> None:
    late = send_late(here, now)
    admit(here, late, now + 2 * HOUR)
    admit(here, late, now + 2 * HOUR)
    with here.database.reading() as session:
        row = session.get_one(Post, late)
        assert (row.held_at, row.written_at) == (None, now + HOUR)
    assert here.verbs()[1:] == [f"let a late post in {late}"]


def test_a_late_post_its_author_took_back_stays_out(here: Here, now: datetime) -> None:
    late = send_late(here, now)
    with here.database.writing() as session:
        withdraw(session, post_id=late, person_id=here.person, now=now + HOUR)
    with pytest.raises(Refusal) as refused:
        admit(here, late, now + 2 * HOUR)
    assert refused.value.code == "withdrawn_meanwhile"


def test_threads_and_posts_of_another_consultation_are_not_there(here: Here, now: datetime) -> None:
    other = make(here.database, now)
    acts_of_other: tuple[Callable[[], None], ...] = (
        lambda: hide(replace(here, post=other.post), now),
        lambda: admit(here, other.post, now),
        lambda: admit(here, "no-such-post", now),
    )
    for act in acts_of_other:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "missing"
    with pytest.raises(Refusal) as refused, here.database.writing() as session:
        close_thread(session, **here.by, number=9, reason="", language="en", now=now)
    assert refused.value.code == "missing"
    assert here.verbs() == []


def test_a_consultation_that_is_not_there(sqlite_database: Database, now: datetime) -> None:
    with pytest.raises(Refusal) as refused, sqlite_database.writing() as session:
        add_thread(
            session,
            consultation_id="nowhere",
            title="T",
            question="Q?",
            language="en",
            facilitator_id="nobody",
            now=now,
        )
    assert refused.value.code == "missing"
    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Consultation)) == 0
