"""`python -m suspension_services` is the command `suspension`."""

from suspension_services.cli import app

app(prog_name="suspension")
