"""Nothing that tells a person's device or place is kept anywhere, and no code gets into an address.

TRUST T-1, T-8, T-16: marked requests go through the whole journey of a participant, a facilitator
and a program, page crashes included; then every file there is gets searched for the marks.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2

from app.consultations.invitations import invite
from app.identity.actions import begin_session
from app.identity.hashing import fresh_invitation
from tests.conftest import Site
from tests.factories import a_consultation, a_facilitator, a_participation, a_post, a_thread
from tests.journeys.marked import (
    ADDRESS,
    AGENT,
    CAME_FROM,
    PSEUDONYM,
    SERVE,
    SERVE_WITH_ACCESS_LOG,
    WORDS,
    Installed,
    Links,
    an_installation,
    break_things,
    crawl,
    facilitate,
    files_holding,
    running,
    take_part,
    use_the_api,
)


@dataclass(frozen=True)
class Journey:
    """An installation after everything was done with it."""

    installed: Installed
    code: str
    found_while_running: dict[str, list[str]]


def travelled(folder: Path) -> Journey:
    """Do everything once, then back up, export and report from the command line."""
    installed = an_installation(folder)
    with running(installed, SERVE):
        code = take_part(installed)
        facilitate(installed)
        use_the_api(installed)
        break_things(installed)
        # While it runs, what was written is partly in the journal still.
        assert (folder / "data" / "baraza.sqlite3-wal").stat().st_size > 0
        found = {mark: files_holding(folder, mark) for mark in (ADDRESS, AGENT, CAME_FROM)}
    installed.run("backup", str(folder / "copy.sqlite3"))
    installed.run("consultation", "export", "water", "--out", str(folder / "water.json"))
    for kind in ("html", "json"):
        out = str(folder / f"report.{kind}")
        installed.run("report", "over", "--format", kind, "--language", "en", "--out", out)
    return Journey(installed, code, found)


def test_a_whole_journey_leaves_no_trace_of_device_place_or_code(
    tmp_path: Path,
) -> None:
    journey = travelled(tmp_path)
    no_device_and_no_place_is_kept(journey)
    no_code_and_no_password_is_kept(journey)
    no_code_and_no_token_is_in_any_address(journey)
    logs_say_where_it_broke_and_nothing_of_what_people_wrote(journey)
    the_search_finds_what_is_there(journey)


def no_device_and_no_place_is_kept(journey: Journey) -> None:
    """T-1: not while it runs, and not in what is left or exported."""
    assert journey.found_while_running == {ADDRESS: [], AGENT: [], CAME_FROM: []}
    for mark in (ADDRESS, AGENT, CAME_FROM):
        assert files_holding(journey.installed.folder, mark) == []


def no_code_and_no_password_is_kept(journey: Journey) -> None:
    """T-7: neither as shown nor as typed."""
    digits = journey.code.replace(" ", "")
    for shown in (journey.code, digits, digits[:20], journey.installed.facilitator.password):
        assert files_holding(journey.installed.folder, shown) == []


def the_search_finds_what_is_there(journey: Journey) -> None:
    """The control: what is kept on purpose is found by the same search."""
    assert "data/baraza.sqlite3" in files_holding(journey.installed.folder, PSEUDONYM)
    written = set(files_holding(journey.installed.folder, WORDS))
    assert {"data/baraza.sqlite3", "copy.sqlite3", "water.json"} <= written


def logs_say_where_it_broke_and_nothing_of_what_people_wrote(journey: Journey) -> None:
    """A crash is there to be found, in one line without anybody's words."""
    folder = journey.installed.folder
    logs = {log.name for log in folder.glob("*.log")}
    assert logs == {"commands.log", "server.log"}
    assert not logs & set(files_holding(folder, WORDS))
    assert not logs & set(files_holding(folder, PSEUDONYM))
    said = (folder / "server.log").read_text()
    assert "fault: ZoneInfoNotFoundError" in said
    assert "database fault: OperationalError" in said
    assert "Traceback" not in said


def test_with_an_access_log_the_address_would_be_found(tmp_path: Path) -> None:
    installed = an_installation(tmp_path)
    with running(installed, SERVE_WITH_ACCESS_LOG), installed.browser() as phone:
        assert phone.get("/").status_code == 200
    assert files_holding(installed.folder, ADDRESS) == ["server.log"]


def no_code_and_no_token_is_in_any_address(journey: Journey) -> None:
    """T-8: in no address that was asked for, redirected to, or linked."""
    answers = journey.installed.answers
    secrets = {code_in(answer) for answer in answers} - {""}
    assert len(secrets) == 3  # two at joining, one renewed
    secrets |= {answer.cookies["baraza"] for answer in answers if "baraza" in answer.cookies}
    assert len(secrets) > 3
    addresses = [
        address
        for answer in answers
        for address in (
            str(answer.url),
            answer.headers.get("location", ""),
            *Links(answer.text if "html" in answer.headers.get("content-type", "") else "").found,
        )
    ]
    assert len(addresses) > 500
    for secret in secrets:
        assert [address for address in addresses if secret in address] == []
    for address in addresses:  # nor a code in groups, nor anything else of that length
        assert not re.search(r"\d{20}", re.sub(r"%20|[\s+-]", "", address))


def code_in(answer: httpx2.Response) -> str:
    """Return the digits of the return code that a page shows, or nothing."""
    digits = "".join(re.findall(r"<li>(\d+)</li>", answer.text))
    return digits if len(digits) == 21 else ""


# --- what one participant learns of another -------------------------------------------------------


def test_participants_learn_nothing_of_each_other_but_name_country_and_words(
    site: Site, now: datetime
) -> None:
    marks = ("ORGANISATION-CANARY", "LABEL-CANARY", "FACILITATOR-CANARY", "CONSENT-CANARY")
    with site.database.writing() as session:
        facilitator = a_facilitator(session, now=now, name=marks[2])
        consultation = a_consultation(session, slug="water", now=now)
        thread = a_thread(session, consultation=consultation, now=now)
        other = a_participation(
            session,
            consultation=consultation,
            now=now,
            name=PSEUDONYM,
            organisation_type=marks[0],
            quotation="none",
        )
        a_post(session, thread=thread, author=other, now=now, body=WORDS)
        invite(
            session,
            consultation_id=consultation.id,
            label=marks[1],
            cap=1,
            expires_at=now + timedelta(days=1),
            code=fresh_invitation(b"pepper"),
            facilitator_id=facilitator.id,
            now=now,
        )
        me = a_participation(session, consultation=consultation, now=now, name="Me")
        ends_at = now + timedelta(days=1)
        token = begin_session(session, person_id=me.person_id, ends_at=ends_at, now=now)
        begin_session(session, person_id=other.person_id, ends_at=ends_at, now=now)
        hidden = {*marks, other.person_id, other.id, me.person_id, facilitator.id}
    phone = site.browser()
    phone.headers["Cookie"] = f"baraza={token}"
    seen: list[str] = []
    phone.event_hooks["response"].append(lambda answer: seen.append(answer.read().decode()))
    assert crawl(phone, "/c/water") > 15
    phone.headers["Authorization"] = f"Bearer {token}"
    for path in ("", "/water", "/water/threads", "/water/threads/1/posts", "/water/figures"):
        phone.get(f"/api/v1/consultations{path}")
    shown = "\n".join(seen)
    assert [mark for mark in sorted(hidden) if mark in shown] == []
    assert PSEUDONYM in shown
    assert WORDS in shown
