"""Addresses of threads and posts."""


def thread(slug: str, number: int, page: int | None = None) -> str:
    """Return the address of a thread, or of one of its pages."""
    return f"/c/{slug}/t/{number}" + (f"?page={page}" if page else "")


def write(slug: str, number: int) -> str:
    """Return the address of the page for writing in a thread."""
    return f"/c/{slug}/t/{number}/write"


def reply(slug: str, number: int, post_id: str) -> str:
    """Return the address of the page for replying to a post."""
    return f"/c/{slug}/t/{number}/write?to={post_id}"


def post(post_id: str) -> str:
    """Return the permanent address of a post."""
    return f"/p/{post_id}"


def own_post(post_id: str) -> str:
    """Return the address where an author changes their post."""
    return f"/me/posts/{post_id}"


def new(slug: str) -> str:
    """Return the address of what is new since the last visit."""
    return f"/c/{slug}/new"
