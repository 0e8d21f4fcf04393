"""Addresses of consultations."""

HOME = "/"
CALL = "/c/{slug}"
JOIN = "/c/{slug}/join"
ME = "/me"
LANGUAGES = "/languages"
ABOUT = "/about"


def call(slug: str) -> str:
    """Return the address of a consultation's call page."""
    return CALL.format(slug=slug)


def join(slug: str) -> str:
    """Return the address where one joins a consultation."""
    return JOIN.format(slug=slug)


def desk(slug: str) -> str:
    """Return the address of a consultation's facilitator desk."""
    return f"/facilitate/c/{slug}"
