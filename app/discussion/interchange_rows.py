"""The rows of every table that a file of the shape `baraza-consultation/1` becomes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from app.consultations.models import (
    Announcement,
    Consultation,
    Participation,
    ParticipationLanguage,
    ScheduleChange,
)
from app.database import Base, new_id
from app.discussion.interchange_values import instant_of
from app.discussion.models import Closure, Hiding, Post, Revision, Summary, Thread
from app.discussion.rules import digest_of
from app.identity.models import Person
from app.translation.models import Readership, ReadershipLanguage, Translation, Words


def rows_of(
    document: Mapping[str, Any], *, now: datetime, facilitator_id: str | None
) -> dict[type[Base], list[dict[str, Any]]]:
    """Return all rows of one consultation by table, from a document that passed the check.

    What facilitators did is put down to `facilitator_id`.
    """
    return _Rows(document, now, facilitator_id).of


class _Rows:
    """Collects rows, and the new ids of what others point to."""

    def __init__(
        self, document: Mapping[str, Any], now: datetime, facilitator_id: str | None
    ) -> None:
        self.of: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._now = now
        self._facilitator_id = facilitator_id
        self._readership_id = self._add(Readership)
        self._language = str(document["language"])
        tags = {self._language, *(tag for one in document["people"] for tag in one["languages"])}
        for tag in sorted(tags):
            self.of[ReadershipLanguage].append(
                {"readership_id": self._readership_id, "language": tag}
            )
        self._consultation(document)
        self._people(document["people"])
        self._threads(document["threads"])
        self._posts(document["posts"])

    def _add(self, table: type[Base], **values: Any) -> str:
        row_id = new_id()
        self.of[table].append({"id": row_id, **values})
        return row_id

    def _text(
        self,
        written: Mapping[str, Any],
        *,
        at: datetime,
        key: str = "text",
        erased_at: datetime | None = None,
    ) -> str:
        """Add the words under `key` with their translations; return their id."""
        language = str(written.get("language", self._language))
        text_id = self._add(
            Words,
            readership_id=self._readership_id,
            language=language,
            body=written[key],
            written_at=at,
            erased_at=erased_at,
        )
        translations = written.get("translations", ())
        if isinstance(translations, Mapping):  # by field, where a thing has several texts
            translations = translations.get(key, ())
        for one in translations:
            done_at = _instant(one, "translated_at")
            self._add(
                Translation,
                text_id=text_id,
                language=one["language"],
                state="done",
                source=language,
                owed_at=done_at or at,
                body=one["text"],
                engine=one["engine"],
                route=" ".join(one["route"]) if one["route"] else None,
                verdict=one["verdict"],
                reason=one.get("reason"),
                attempts=1,
                fulfilled_at=done_at,
            )
        return text_id

    def _consultation(self, document: Mapping[str, Any]) -> None:
        texts = {
            f"{key}_id": self._text(document, at=self._now, key=key) if key in document else None
            for key in ("title", "brief", "promise", "consent")
        }
        due = document.get("results_due_on")
        limits = {key: document[key] for key in ("word_limit", "small_count") if key in document}
        self._consent_id = texts["consent_id"]
        self._consultation_id = self._add(
            Consultation,
            **texts,
            **limits,
            slug=document["slug"],
            readership_id=self._readership_id,
            language=self._language,
            organiser=document["organiser"],
            results_due_on=date.fromisoformat(due) if due else None,
            opens_at=instant_of(document["opens_at"]),
            closes_at=instant_of(document["closes_at"]),
            timezone=document["timezone"],
            by_invitation=document.get("by_invitation", False),
            created_at=self._now,
            imported=True,
            published_at=_instant(document, "published_at"),
        )
        for one in document.get("announcements", ()):
            at = instant_of(one["announced_at"])
            self._add(
                Announcement,
                consultation_id=self._consultation_id,
                text_id=self._text(one, at=at),
                announced_at=at,
                announced_by=self._facilitator_id,
            )
        for one in document.get("schedule_changes", ()):
            times = ("changed_at", "opened_at_before", "closed_at_before", "opens_at", "closes_at")
            at = instant_of(one["changed_at"])
            self._add(
                ScheduleChange,
                consultation_id=self._consultation_id,
                reason_id=self._text(one, at=at),
                **{key: instant_of(one[key]) for key in times},
            )

    def _people(self, people: Sequence[Mapping[str, Any]]) -> None:
        self._participations: dict[str, str] = {}
        for position, one in enumerate(people):
            joined_at = instant_of(one["joined_at"])
            participation_id = self._participations[one["id"]] = self._add(
                Participation,
                consultation_id=self._consultation_id,
                person_id=self._add(Person),
                name=one["name"],
                country=one["country"],
                organisation_type=one["organisation_type"],
                quotation=one["quotation"],
                consent_id=self._consent_id if "consented" in one else None,
                joined_at=joined_at,
                arrived_at=_instant(one, "arrived_at"),
                read_until=joined_at,
                removed_at=_instant(one, "removed_at"),
                imported_id=one["id"],
                imported_position=position,
            )
            for place, tag in enumerate(one["languages"]):
                self.of[ParticipationLanguage].append(
                    {"participation_id": participation_id, "position": place, "language": tag}
                )

    def _threads(self, threads: Sequence[Mapping[str, Any]]) -> None:
        self._thread_ids: dict[int, str] = {}
        for position, one in enumerate(threads):
            theme_on = one.get("theme_on")
            thread_id = self._thread_ids[one["number"]] = self._add(
                Thread,
                consultation_id=self._consultation_id,
                number=one["number"],
                title_id=self._text(one, at=self._now, key="title"),
                question_id=self._text(one, at=self._now, key="question"),
                opens_at=_instant(one, "opens_at"),
                closes_at=_instant(one, "closes_at"),
                theme_on=date.fromisoformat(theme_on) if theme_on else None,
                imported_position=position,
            )
            for summary in one.get("summaries", ()):
                at = instant_of(summary["written_at"])
                self._add(
                    Summary,
                    thread_id=thread_id,
                    text_id=self._text(summary, at=at),
                    written_at=at,
                    written_by=self._facilitator_id,
                )
            for closure in one.get("closures", ()):
                at, reopened_at = instant_of(closure["closed_at"]), _instant(closure, "reopened_at")
                self._add(
                    Closure,
                    thread_id=thread_id,
                    closed_at=at,
                    closed_by=self._facilitator_id,
                    reason_id=self._text(closure, at=at) if "text" in closure else None,
                    reopened_at=reopened_at,
                    reopened_by=self._facilitator_id if reopened_at else None,
                )

    def _posts(self, posts: Sequence[Mapping[str, Any]]) -> None:
        self._post_ids = {one["id"]: new_id() for one in posts}
        self._digests: set[tuple[str, str, str]] = set()
        for position, one in _parents_first(posts):
            self._post(position, one)

    def _post(self, position: int, one: Mapping[str, Any]) -> None:
        post_id = self._post_ids[one["id"]]
        thread_id = self._thread_ids[one["thread"]]
        participation_id = self._participations[one["author"]]
        reply_to_id = self._post_ids[one["reply_to"]] if one["reply_to"] is not None else None
        written_at, withdrawn_at = instant_of(one["written_at"]), _instant(one, "withdrawn")
        erased_at = _instant(one, "erased") or withdrawn_at
        wordings = one.get("revisions", [one])
        for wording in wordings:
            at = instant_of(wording["written_at"])
            source = one if wording is wordings[-1] else wording  # translations are of the newest
            text_id = self._text(source, at=at, erased_at=erased_at)
            digest = digest_of(reply_to_id, wording["text"])
            if (participation_id, thread_id, digest) in self._digests:
                # Twice the same words in one place: both posts were written, so both are kept.
                digest = sha256(f"{digest}\0{text_id}".encode()).hexdigest()
            self._digests.add((participation_id, thread_id, digest))
            self._add(
                Revision,
                post_id=post_id,
                participation_id=participation_id,
                thread_id=thread_id,
                text_id=text_id,
                digest=digest,
                written_at=at,
            )
        self.of[Post].append(
            {
                "id": post_id,
                "thread_id": thread_id,
                "participation_id": participation_id,
                "reply_to_id": reply_to_id,
                "text_id": text_id,
                "quotation": one.get("quotation"),
                "written_at": written_at,
                "edited_at": at if len(wordings) > 1 else None,
                "held_at": _instant(one, "held"),
                "withdrawn_at": withdrawn_at,
                "imported_id": one["id"],
                "imported_position": position,
            }
        )
        for hiding in one.get("hidden", ()):
            at, undone_at = instant_of(hiding["hidden_at"]), _instant(hiding, "undone_at")
            self._add(
                Hiding,
                post_id=post_id,
                hidden_at=at,
                hidden_by=self._facilitator_id,
                reason_id=self._text(hiding, at=at),
                undone_at=undone_at,
                undone_by=self._facilitator_id if undone_at else None,
            )


def _instant(one: Mapping[str, Any], key: str) -> datetime | None:
    return instant_of(one[key]) if key in one and one[key] is not None else None


def _parents_first(
    posts: Sequence[Mapping[str, Any]],
) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the posts with their positions, each after the one it answers."""
    answers: dict[str | None, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for position, one in enumerate(posts):
        answers[one["reply_to"]].append((position, one))
    ordered = list(answers[None])
    for _, one in ordered:  # grows while it is walked
        ordered.extend(answers.get(one["id"], ()))
    return ordered
