import pytest

from app.consultations.pages import _path_here
from tests.conftest import Site


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/c/water/t/1?page=2", "/c/water/t/1"),
        ("/p/abc#x", "/p/abc"),
        ("/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_goes_back_only_to_this_site(address: str, path: str) -> None:
    assert _path_here(address) == path


def test_a_language_and_a_time_zone_are_chosen_in_the_address_and_kept(site: Site) -> None:
    browser = site.browser(language="en")
    offered = browser.get("/languages", params={"from": "/about"})
    assert '<a href="/about?lang=pt" lang="pt" dir="ltr">Português</a>' in offered.text
    assert '<html lang="pt" dir="ltr">' in browser.get("/about?lang=pt").text
    assert '<html lang="pt" dir="ltr">' in browser.get("/about").text
    assert '<html lang="ar" dir="rtl">' in browser.get("/about?lang=ar").text
    browser.get("/?tz=Asia/Kathmandu")
    assert browser.cookies["tz"] == '"Asia/Kathmandu"'
    assert site.browser(language="sw").get("/").headers["content-language"] == "en"
    assert '<html lang="en"' in site.browser().get("/?lang=klingon").text
