"""`python -m topicwire_codegen` is the command `topicwire`."""

from topicwire_codegen.cli import app

app(prog_name="topicwire")
