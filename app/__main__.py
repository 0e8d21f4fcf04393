"""`python -m app …` is the same as `baraza …`."""

from app.cli import main

main()
