"""What the shell blocks of the guides say: commands that there are, with options that they have."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path

import typer
from suspension_services.cli import app as suspension
from topicwire_codegen.cli import app as topicwire

from tests.docs.blocks import ROOT

# Programs of the system, which the guides may expect to be there.
_SYSTEM = {
    "adduser", "apt-get", "cat", "cd", "chgrp", "chmod", "curl", "docker", "export", "git",
    "install", "kill", "mkdir", "npm", "npx", "openssl", "python3", "rabbitmqctl", "sqlite3",
    "sudo", "systemctl", "tar", "bash", "sh", "jq", "ls", "cp", "scp", "ssh", "mv", "echo", "nats",
    "ejabberdctl", "watch", "prometheus", "mosquitto", "mosquitto_passwd", "rabbitmq-server",
    "nats-server", "rabbitmq-plugins", "journalctl",
}  # fmt: skip
_COMPLETED = re.compile(r"\\\n\s*")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the simple commands of a script, without comments, variables and redirections."""
    for line in _COMPLETED.sub(" ", text).splitlines():
        words: list[str] = []
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
        lexer.whitespace_split = True
        skipped = False
        for word in lexer:
            if set(word) <= set("|&;()"):
                yield from [words] if words else []
                words = []
            elif set(word) <= set("<>&"):
                skipped = True
            elif skipped:
                skipped = False
            elif words or not re.fullmatch(r"\w+=.*", word):
                words.append(word)
        yield from [words] if words else []


def check_command(words: list[str], port: int) -> None:
    """Raise `AssertionError` when there is no such command, or it has no such options.

    What publishes and subscribes is carried out, at the broker on this port.
    """
    name = Path(words[0]).name
    if name in ("mosquitto_pub", "mosquitto_sub"):
        _run_mosquitto(words, port)
    elif name in _CHECKS:
        _CHECKS[name](words[1:])
    elif (script := Path(sys.executable).with_name(name)).exists():
        _check_help([str(script)], words[1:])
    else:
        assert name in _SYSTEM, f"{name}: no test knows this program (tests/docs/shell.py)"


def _check_typer(app: typer.Typer) -> Callable[[list[str]], None]:
    def check(arguments: list[str]) -> None:
        command = typer.main.get_command(app)
        rest = list(arguments)
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]  # type: ignore[attr-defined]
        if command.context_settings.get("ignore_unknown_options"):
            _check_help([sys.executable, "-m", f"topicwire.{command.name}"], rest)
            return
        known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        for option in _options(rest):
            assert option in known | {"--help"}, f"{command.name} has no option {option}"
        assert not getattr(command, "commands", {}) or _options(rest), f"no command {rest[:1]}"

    return check


def _run_mosquitto(words: list[str], port: int) -> None:
    command = ["127.0.0.1" if word == "localhost" else word for word in words]
    command += ["-p", str(port)]
    if words[0] == "mosquitto_sub":
        command.append("-E")  # it ends when the broker has granted its subscriptions
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"


def _check_help(program: list[str], arguments: list[str]) -> None:
    """Look for options in what a program, and the subcommands given, say of themselves."""
    leading = list(takewhile(lambda word: not word.startswith("-"), arguments))[:2]
    for option in _options(arguments):
        pattern = re.compile(rf"(?<![\w-]){re.escape(option)}(?![\w-])")
        helps = (_help((*program, *leading[:i])) for i in range(len(leading), -1, -1))
        assert any(map(pattern.search, helps)), f"{program}: {option}"


@cache
def _help(program: tuple[str, ...]) -> str:
    done = subprocess.run(
        [*program, "--help"], capture_output=True, text=True, check=False, timeout=60, cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip
    return done.stdout + done.stderr


def _options(arguments: list[str]) -> list[str]:
    return [word.split("=")[0] for word in arguments if re.match(r"-{1,2}[a-zA-Z]", word)]


def _check_make(arguments: list[str]) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    variables = set(re.findall(r"\$\((\w+)\)|\$\(if \$\((\w+)\)", (ROOT / "Makefile").read_text()))
    names = {name for pair in variables for name in pair} | {"PYTHON", "PYTEST_OPTIONS"}
    for word in arguments:
        variable, equals, _ = word.partition("=")
        assert variable in (names if equals else targets), f"make has no {word}"


def _check_python(arguments: list[str]) -> None:
    if arguments[:1] == ["-m"] and arguments[1] not in ("venv", "pip"):
        assert importlib.util.find_spec(arguments[1]), f"there is no module {arguments[1]}"


_CHECKS: dict[str, Callable[[list[str]], None]] = {
    "make": _check_make,
    "python": _check_python,
    "suspension": _check_typer(suspension),
    "topicwire": _check_typer(topicwire),
}
