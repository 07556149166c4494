"""`python -m antiphon` is the command `antiphon`."""

from .workflows.cli.main import main

main()
