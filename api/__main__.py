"""`python -m api` is `kb`."""

from api.cli import main

main()
