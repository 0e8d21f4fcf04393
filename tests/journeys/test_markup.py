"""People's words are never markup (TRUST T-29): 2,000 attempts through every way in."""

from datetime import datetime
from html.parser import HTMLParser
from itertools import product

import pytest

from app.reports.formats import FORMATS
from app.reports.queries import facts
from app.reports.rules import assemble
from app.translation.engine import EchoTranslator
from app.translation.worker import round_once
from tests.conftest import Site
from tests.factories import a_consultation, a_participation, a_post, a_thread

TAGS = (
    "<script>{}</script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<iframe src=javascript:{}></iframe>",
    "<a href=javascript:{}>x</a>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>",
    "<math><mtext><style><img src=x onerror={}>",
    "<form action=//evil.example><button>{}</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>{}",
    "<base href=//evil.example>{}",
    "<link rel=stylesheet href=//evil.example>{}",
    "<object data=//evil.example>{}</object>",
    "<style>@import'//evil.example'</style>{}",
    "<template>{}</template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "{{{{ {} }}}}",
    "{{% include '{}' %}}",
)
BREAKS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</div>",
    "</textarea>",
    "</title>",
    "</style>",
    "-->",
    "]]>",
    "&lt;",
    "\u2028",
    "\u202e",
    "\ufeff",
    "<",
    "`",
    "</option></select>",
    "</p></article>",
    "\\x3c",
)
CALLS = ("alert(1)", "top.location='//evil.example'", "&#97;lert(1)", "a\tlert(1)", "javaſcript:1")

ATTEMPTS = [f"{b}{t.format(c)}" for b, t, c in product(BREAKS, TAGS, CALLS)]

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "nav"),
    *("section", "article", "h1", "h2", "h3", "h4", "p", "div", "span", "bdi", "strong", "br"),
    *("a", "ul", "ol", "li", "form", "button", "label", "input", "textarea", "select", "option"),
    *("fieldset", "legend", "table", "caption", "thead", "tbody", "tr", "th", "td", "blockquote"),
    *("dl", "dt", "dd", "time", "figure", "figcaption", "details", "summary", "cite", "small"),
    *("hr", "optgroup", "sup", "em", "colgroup", "col"),
}


class Elements(HTMLParser):
    """Collects what is no element of ours, and attributes that could run or lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.counted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counted += 1
        if tag not in ELEMENTS:
            self.strange.append(tag)
        for name, value in attrs:
            leads_away = name in ("href", "src", "action", "formaction", "data") and not (
                value or ""
            ).startswith(("/", "?", "#"))
            refreshes = tag == "meta" and name == "http-equiv"
            if name.startswith("on") or name == "style" or leads_away or refreshes:
                self.strange.append(f"{tag} {name}={value}")


def strange_in(html: str) -> list[str]:
    parser = Elements()
    parser.feed(html)
    parser.close()
    assert parser.counted > 5
    return parser.strange


def test_the_looking_glass_sees_what_it_should() -> None:
    page = "<html><body>" + "<p></p>" * 5 + "{}</body></html>"
    assert strange_in(page.format("<script>1</script>")) == ["script"]
    assert strange_in(page.format("<a href='javascript:1'>x</a>")) == ["a href=javascript:1"]
    assert strange_in(page.format("<p onclick=x>")) == ["p onclick=x"]


# Words are shown the same from either database; the many rows are made once.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_thousand_attempts_come_out_as_text(site: Site, now: datetime) -> None:
    assert len(ATTEMPTS) == 2000
    with site.database.writing() as session:
        consultation = a_consultation(
            session,
            now=now,
            slug="words",
            title=ATTEMPTS[1],
            brief=ATTEMPTS[2],
            organiser=ATTEMPTS[3],
            languages=["en", "ar"],
        )
        # Each attempt is a post; every twentieth thread's title, question and author's name too.
        for number, start in enumerate(range(0, 2000, 20), start=1):
            thread = a_thread(
                session,
                consultation=consultation,
                now=now,
                number=number,
                title=ATTEMPTS[start + 4],
                question=ATTEMPTS[start + 5],
            )
            author = a_participation(
                session,
                consultation=consultation,
                now=now,
                name=ATTEMPTS[start + 6][:60],
                quotation="name",
            )
            first = None
            for attempt in ATTEMPTS[start : start + 20]:
                post = a_post(
                    session, thread=thread, author=author, now=now, body=attempt, reply_to=first
                )
                first = first or post
        post_id, consultation_id = post.id, consultation.id
    engine = EchoTranslator(["en", "ar"])
    while round_once(site.database, engine, worker_name="w", now=now):
        pass

    english, arabic = site.browser(), site.browser(language="ar")
    strange = []
    for path in ("/", "/c/words", "/c/words/join", f"/p/{post_id}"):
        strange += strange_in(english.get(path).text) + strange_in(arabic.get(path).text)
    for number in range(1, 101):
        page = (english if number % 2 else arabic).get(f"/c/words/t/{number}")
        assert page.text.count('<article class="post"') == 20
        strange += strange_in(page.text)
    with site.database.reading() as session:
        document = assemble(facts(session, consultation_id=consultation_id, language="ar"))
    strange += strange_in("".join(FORMATS["html"](document)))
    assert strange == []


def test_what_was_typed_comes_back_as_text(site: Site, now: datetime) -> None:
    with site.database.writing() as session:
        consultation = a_consultation(session, now=now, slug="words")
        a_thread(session, consultation=consultation, now=now)
    visitor = site.browser()
    for attempt in ATTEMPTS[::50]:
        written = visitor.post(
            "/c/words/t/1/posts", data={"text": attempt, "language": attempt, "reply_to": attempt}
        )
        joined = visitor.post(
            "/c/words/join", data={"name": attempt, "country": attempt, "key": attempt}
        )
        asked = visitor.get("/languages", params={"from": attempt, "lang": attempt, "tz": attempt})
        back = visitor.post("/return", data={"code": attempt})
        for answer in (written, joined, asked, back):
            assert strange_in(answer.text) == []
