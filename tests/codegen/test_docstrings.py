"""Any text becomes a docstring that has just this text as its value."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from topicwire_codegen.docstrings import WIDTH, docstring

NASTY = st.text(st.sampled_from(list("ab \n\t\r\"\\'.-|#`{}\0\x1b\u202e\ud800é")), max_size=300)


def value(text: str, indent: int, *, summary: bool) -> str:
    """Return the value of the docstring that is made of a text."""
    literal = docstring(text, indent, summary=summary)
    module = ast.parse("".join(f"{'    ' * level}class C:\n" for level in range(indent // 4))
                       + f"{' ' * indent}{literal}\n")  # fmt: skip
    [constant] = [node for node in ast.walk(module) if isinstance(node, ast.Constant)]
    return str(constant.value)


@given(NASTY, st.sampled_from([0, 4, 8]), st.booleans())
def test_nothing_of_a_text_is_lost(text, indent, summary):
    assert value(text, indent, summary=summary).split() == text.split()


def test_what_fits_stays_in_one_line():
    assert docstring("A text.", 4) == '"""A text."""'
    longest = "x" * (WIDTH - 4 - 6)
    assert docstring(longest, 4) == f'"""{longest}"""'
    assert docstring(f"{longest[:-2]} x", 4) == f'"""{longest[:-2]} x"""'


def test_longer_texts_are_wrapped_and_begin_with_their_first_sentence():
    text = "What it is. " + "More on what it is, which takes its time to say. " * 3
    assert docstring(text, 4, summary=True) == (
        '"""What it is.\n'
        "\n"
        "    More on what it is, which takes its time to say. More on what it is, which takes its "
        "time to\n"
        "    say. More on what it is, which takes its time to say.\n"
        '    """'
    )


@pytest.mark.parametrize(
    "block",
    [
        "| a | b |\n    |---|---|\n    | 1 | 2 |",
        "- one\n    - two\n      which goes on",
        "```\n    x   =  1\n\n    y\n    ```",
        "1. one\n    2. two",
        "# Heading\n    > quoted",
    ],
)
def test_markdown_keeps_its_lines(block):
    text = f"Intro\nin two lines.\n\n{block}\n".replace("\n    ", "\n")
    assert docstring(text, 4) == f'"""Intro in two lines.\n\n    {block}\n    """'


def test_what_cannot_be_seen_is_written_out():
    assert docstring("a\0b\u202ec\U000e0001", 0) == r'"""a\x00b\u202ec\U000e0001"""'


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('"quoted"', r'"""\"quoted\""""'),
        ('"""', r'"""\"\"\""""'),
        ('a """ b', r'"""a \"\"\" b"""'),
        ("ends with \\", r'"""ends with \\"""'),
        ('\\"', r'"""\\\""""'),
    ],
)
def test_quotes_and_backslashes(text, literal):
    assert docstring(text, 0) == literal
    assert ast.literal_eval(literal) == text
