"""A semaphore that counts who passes: put where every slow hash passes."""

import threading


class Counting(threading.Semaphore):
    """Counts the slow hashes made while it stands in `hashing.hashes_at_once`."""

    def __init__(self) -> None:
        super().__init__(2)
        self.hashes = 0

    def __enter__(self) -> bool:  # type: ignore[override]  # as threading.Semaphore does
        self.hashes += 1
        return super().__enter__()
