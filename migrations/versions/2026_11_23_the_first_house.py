"""the first house.

Revision: 0001
Follows: nothing
Date: 2026-11-23 22:51:49.610496
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=16), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_acts")),
    )
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_acts_consultation_id_number", ["consultation_id", "number"], unique=False
        )

    op.create_table(
        "acts_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts_head")),
    )
    op.create_table(
        "facilitators",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilitators")),
        sa.UniqueConstraint("name", name=op.f("uq_facilitators_name")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("return_code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("return_code_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("return_code_hash", name=op.f("uq_persons_return_code_hash")),
    )
    op.create_table(
        "readerships",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readerships")),
    )
    op.create_table(
        "routes",
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("path", sa.String(length=60), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("source", "target", name=op.f("pk_routes")),
    )
    op.create_table(
        "readership_languages",
        sa.Column("readership_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["readership_id"],
            ["readerships.id"],
            name=op.f("fk_readership_languages_readership_id_readerships"),
        ),
        sa.PrimaryKeyConstraint("readership_id", "language", name=op.f("pk_readership_languages")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("facilitator_id", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["facilitators.id"],
            name=op.f("fk_recovery_codes_facilitator_id_facilitators"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recovery_codes_facilitator_id"), ["facilitator_id"], unique=False
        )

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=True),
        sa.Column("facilitator_id", sa.String(length=16), nullable=True),
        sa.Column("for_api", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["facilitators.id"],
            name=op.f("fk_sessions_facilitator_id_facilitators"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_sessions_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sessions_token_digest")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sessions_facilitator_id"), ["facilitator_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "texts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("readership_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["readership_id"], ["readerships.id"], name=op.f("fk_texts_readership_id_readerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
    )
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_texts_readership_id_language", ["readership_id", "language"], unique=False
        )

    op.create_table(
        "consultations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("readership_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("title_id", sa.String(length=16), nullable=False),
        sa.Column("brief_id", sa.String(length=16), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("promise_id", sa.String(length=16), nullable=True),
        sa.Column("results_due_on", sa.Date(), nullable=True),
        sa.Column("consent_id", sa.String(length=16), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("by_invitation", sa.Boolean(), nullable=False),
        sa.Column("word_limit", sa.Integer(), nullable=False),
        sa.Column("small_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["texts.id"], name=op.f("fk_consultations_brief_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["texts.id"], name=op.f("fk_consultations_consent_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["texts.id"], name=op.f("fk_consultations_promise_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["readership_id"],
            ["readerships.id"],
            name=op.f("fk_consultations_readership_id_readerships"),
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["texts.id"], name=op.f("fk_consultations_title_id_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        sa.UniqueConstraint("slug", name=op.f("uq_consultations_slug")),
    )
    op.create_table(
        "translations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("text_id", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("engine", sa.String(length=80), nullable=True),
        sa.Column("route", sa.String(length=60), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("lease_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_translations_text_id_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint("text_id", "language", name=op.f("uq_translations_text_id_language")),
    )
    with op.batch_alter_table("translations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_translations_state_source_language", ["state", "source", "language"], unique=False
        )

    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("text_id", sa.String(length=16), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["announced_by"],
            ["facilitators.id"],
            name=op.f("fk_announcements_announced_by_facilitators"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_announcements_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_announcements_text_id_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_announcements_consultation_id"), ["consultation_id"], unique=False
        )

    op.create_table(
        "facilitations",
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("facilitator_id", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_facilitations_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["facilitators.id"],
            name=op.f("fk_facilitations_facilitator_id_facilitators"),
        ),
        sa.PrimaryKeyConstraint("consultation_id", "facilitator_id", name=op.f("pk_facilitations")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_invitations_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["facilitators.id"], name=op.f("fk_invitations_made_by_facilitators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitations_consultation_id"), ["consultation_id"], unique=False
        )

    op.create_table(
        "participations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("organisation_type", sa.String(length=80), nullable=True),
        sa.Column("quotation", sa.String(length=10), nullable=False),
        sa.Column("consent_id", sa.String(length=16), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_id", sa.String(length=200), nullable=True),
        sa.Column("join_key", sa.String(length=64), nullable=True),
        sa.Column("imported_position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["texts.id"], name=op.f("fk_participations_consent_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_participations_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_participations_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participations")),
        sa.UniqueConstraint(
            "consultation_id",
            "imported_id",
            name=op.f("uq_participations_consultation_id_imported_id"),
        ),
        sa.UniqueConstraint(
            "consultation_id", "person_id", name=op.f("uq_participations_consultation_id_person_id")
        ),
        sa.UniqueConstraint("join_key", name=op.f("uq_participations_join_key")),
    )
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_participations_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "schedule_changes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=True),
        sa.Column("opened_at_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["facilitators.id"],
            name=op.f("fk_schedule_changes_changed_by_facilitators"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_schedule_changes_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["texts.id"], name=op.f("fk_schedule_changes_reason_id_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_changes")),
    )
    with op.batch_alter_table("schedule_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_schedule_changes_consultation_id"), ["consultation_id"], unique=False
        )

    op.create_table(
        "threads",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.String(length=16), nullable=False),
        sa.Column("question_id", sa.String(length=16), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("theme_on", sa.Date(), nullable=True),
        sa.Column("imported_position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.id"],
            name=op.f("fk_threads_consultation_id_consultations"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["texts.id"], name=op.f("fk_threads_question_id_texts")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["texts.id"], name=op.f("fk_threads_title_id_texts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint(
            "consultation_id", "number", name=op.f("uq_threads_consultation_id_number")
        ),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("thread_id", sa.String(length=16), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=16), nullable=False),
        sa.Column("reason_id", sa.String(length=16), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_by", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["facilitators.id"], name=op.f("fk_closures_closed_by_facilitators")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["texts.id"], name=op.f("fk_closures_reason_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_by"], ["facilitators.id"], name=op.f("fk_closures_reopened_by_facilitators")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_closures_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closures_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "participation_languages",
        sa.Column("participation_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_participation_languages_participation_id_participations"),
        ),
        sa.PrimaryKeyConstraint(
            "participation_id", "position", name=op.f("pk_participation_languages")
        ),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("thread_id", sa.String(length=16), nullable=False),
        sa.Column("participation_id", sa.String(length=16), nullable=False),
        sa.Column("reply_to_id", sa.String(length=16), nullable=True),
        sa.Column("text_id", sa.String(length=16), nullable=False),
        sa.Column("quotation", sa.String(length=10), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_id", sa.String(length=200), nullable=True),
        sa.Column("imported_position", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_posts_participation_id_participations"),
        ),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["posts.id"], name=op.f("fk_posts_reply_to_id_posts")
        ),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_posts_text_id_texts")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_posts_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("text_id", name=op.f("uq_posts_text_id")),
        sa.UniqueConstraint(
            "thread_id", "imported_id", name=op.f("uq_posts_thread_id_imported_id")
        ),
    )
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_posts_participation_id"), ["participation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_posts_reply_to_id"), ["reply_to_id"], unique=False)
        batch_op.create_index(
            "ix_posts_thread_id_written_at_id", ["thread_id", "written_at", "id"], unique=False
        )

    op.create_table(
        "summaries",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("thread_id", sa.String(length=16), nullable=False),
        sa.Column("text_id", sa.String(length=16), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_summaries_text_id_texts")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_summaries_thread_id_threads")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["facilitators.id"], name=op.f("fk_summaries_written_by_facilitators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
    )
    with op.batch_alter_table("summaries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_summaries_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "hidings",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("post_id", sa.String(length=16), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_by", sa.String(length=16), nullable=False),
        sa.Column("reason_id", sa.String(length=16), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["hidden_by"], ["facilitators.id"], name=op.f("fk_hidings_hidden_by_facilitators")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_hidings_post_id_posts")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["texts.id"], name=op.f("fk_hidings_reason_id_texts")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["facilitators.id"], name=op.f("fk_hidings_undone_by_facilitators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidings")),
    )
    with op.batch_alter_table("hidings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hidings_post_id"), ["post_id"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("post_id", sa.String(length=16), nullable=False),
        sa.Column("participation_id", sa.String(length=16), nullable=False),
        sa.Column("thread_id", sa.String(length=16), nullable=False),
        sa.Column("text_id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participations.id"],
            name=op.f("fk_revisions_participation_id_participations"),
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id_posts")),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_revisions_text_id_texts")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_revisions_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint(
            "participation_id",
            "thread_id",
            "digest",
            name=op.f("uq_revisions_participation_id_thread_id_digest"),
        ),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_post_id"))

    op.drop_table("revisions")
    with op.batch_alter_table("hidings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hidings_post_id"))

    op.drop_table("hidings")
    with op.batch_alter_table("summaries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_summaries_thread_id"))

    op.drop_table("summaries")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index("ix_posts_thread_id_written_at_id")
        batch_op.drop_index(batch_op.f("ix_posts_reply_to_id"))
        batch_op.drop_index(batch_op.f("ix_posts_participation_id"))

    op.drop_table("posts")
    op.drop_table("participation_languages")
    with op.batch_alter_table("closures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closures_thread_id"))

    op.drop_table("closures")
    op.drop_table("threads")
    with op.batch_alter_table("schedule_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_changes_consultation_id"))

    op.drop_table("schedule_changes")
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participations_person_id"))

    op.drop_table("participations")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_consultation_id"))

    op.drop_table("invitations")
    op.drop_table("facilitations")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcements_consultation_id"))

    op.drop_table("announcements")
    with op.batch_alter_table("translations", schema=None) as batch_op:
        batch_op.drop_index("ix_translations_state_source_language")

    op.drop_table("translations")
    op.drop_table("consultations")
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.drop_index("ix_texts_readership_id_language")

    op.drop_table("texts")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_person_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_facilitator_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_facilitator_id"))

    op.drop_table("recovery_codes")
    op.drop_table("readership_languages")
    op.drop_table("routes")
    op.drop_table("readerships")
    op.drop_table("persons")
    op.drop_table("facilitators")
    op.drop_table("acts_head")
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.drop_index("ix_acts_consultation_id_number")

    op.drop_table("acts")
