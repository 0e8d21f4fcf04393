"""A consultation of any size with real prose in it, for tests of pages and what they cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from app.consultations.models import Consultation, Participation
from app.database import WriteSession
from app.discussion.models import Post, Thread
from app.identity.actions import begin_session
from app.translation.models import Translation
from bench.prose import posts_in
from tests.factories import a_consultation, a_participation, a_post, a_thread

INTERFACES = ("en", "pt", "ar")

NAMES = (
    ("Amina Wanjiru", "KE"),
    ("فاطمة الزهراء", "SD"),
    ("Дарина", "UA"),
    ("မမ", "MM"),
    ("ተስፋዬ", "ET"),
    ("Maria da Conceição", "MZ"),
    ("गीता", "NP"),
    ("李明", None),
    ("Kouassi", "CI"),
    ("participant 7", "CO"),
)


@dataclass(frozen=True)
class Discussion:
    """A consultation, its threads, and who writes in the first of them."""

    consultation: Consultation
    threads: list[Thread]
    people: list[Participation]
    posts: list[Post]
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        """Return the header by which the first of them is known."""
        return {"Cookie": f"baraza={self.token}"}


def a_discussion(
    session: WriteSession,
    *,
    now: datetime,
    posts: int,
    prose: str = "en",
    threads: int = 1,
    by_one: bool = False,
    slug: str = "water",
) -> Discussion:
    """Add an open consultation whose first thread has `posts` posts, every third one a reply."""
    consultation = a_consultation(
        session,
        now=now,
        slug=slug,
        languages=INTERFACES,
        brief=" ".join(islice(posts_in("en"), 2)),
    )
    many = [
        a_thread(
            session,
            consultation=consultation,
            now=now,
            number=number + 1,
            title=f"Wells {number + 1}",
            question=question,
        )
        for number, question in enumerate(islice(posts_in("en"), threads))
    ]
    people = [
        a_participation(
            session,
            consultation=consultation,
            now=now - timedelta(days=1),
            name=name,
            country=country,
            languages=(prose,),
        )
        for name, country in NAMES
    ]
    written: list[Post] = []
    for n, body in enumerate(islice(posts_in(prose), posts)):
        written.append(
            a_post(
                session,
                thread=many[0],
                author=people[0 if by_one else n % len(people)],
                now=now - timedelta(minutes=7 * (posts - n)),
                body=f"{n}. {body}",
                language=prose,
                reply_to=written[-1] if n % 3 == 2 else None,
            )
        )
    token = begin_session(
        session, person_id=people[0].person_id, ends_at=now + timedelta(days=2), now=now
    )
    return Discussion(consultation, many, people, written, token)


def a_rendition(session: WriteSession, post: Post, *, into: str, body: str, now: datetime) -> None:
    """Add a finished machine translation of a post, made through English, with a warning."""
    session.add(
        Translation(
            text_id=post.text_id,
            language=into,
            state="done",
            source="fr",
            owed_at=now,
            body=body,
            engine="argos 1.0, 1.0",
            route=f"fr en {into}",
            verdict="warn",
            attempts=1,
            fulfilled_at=now,
        )
    )
