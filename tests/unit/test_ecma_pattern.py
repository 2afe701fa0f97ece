"""Patterns of ECMA 262: what they find, and what is none."""

import re

import pytest
from topicwire._ecma_pattern import python_pattern


@pytest.mark.parametrize(
    ("pattern", "finds", "misses"),
    [
        ("^a$", ["a"], ["a\n", "ba"]),
        (r"^\d$", ["5"], ["٣", "x"]),
        (r"^\D$", ["x", "٣", "\n"], ["5"]),
        (r"^\w+$", ["aZ_9"], ["é", "-"]),
        (r"^\W$", ["é", "-"], ["a", "_"]),
        (r"^\s$", [" ", "\xa0", "\u2028", "\ufeff", "\n"], ["\x1c", "\x85", "a"]),
        (r"^\S$", ["\x1c", "\x85", "a"], [" ", "\xa0", "\ufeff"]),
        ("^.$", ["a", "\x85", "🐲"], ["\n", "\r", "\u2028", "\u2029"]),
        (r"^[\d\s]$", ["5", "\xa0"], ["٣", "x"]),
        (r"^[^\W]$", ["a"], ["é", "-"]),
        (r"^[\D]$", ["x"], ["5"]),
        ("^[]$", [], ["", "]", "a"]),
        ("^[^]$", ["a", "\n"], [""]),
        (r"^[\b]$", ["\b"], ["b"]),
        (r"^[a\-c]$", ["a", "-", "c"], ["b"]),
        ("^[a&&b]$", ["&", "a"], ["c"]),
        ("^[[a]$", ["[", "a"], ["b"]),
        (r"\bx\b", ["éxé", "a x b"], ["axa"]),
        (r"^(?<q>['\"])\k<q>$", ["''", '""'], ["'\""]),
        (r"^(a)\1$", ["aa"], ["ab"]),
        (r"^(?:a|b)+?$", ["ab"], [""]),
        (r"^a(?=b)", ["ab"], ["ac"]),
        (r"(?<!a)b", ["cb", "b"], ["ab"]),
        (r"^\x41\u0042\u{1F600}$", ["AB😀"], ["AB"]),
        (r"^\ud83d\ude00$", ["😀"], ["\\"]),
        (r"^\cA\0\t\v$", ["\x01\x00\t\x0b"], ["A"]),
        (r"^\/\.\$$", ["/.$"], ["/a$"]),
        ("^{a}{2}$", ["{a}}"], ["{a}"]),
        ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
    ],
)
def test_what_a_pattern_finds(pattern, finds, misses):
    search = re.compile(python_pattern(pattern)).search
    assert [text for text in finds if search(text) is None] == []
    assert [text for text in misses if search(text) is not None] == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "unterminated subpattern"), ("[a", "a class has no end"), ("a**", "to repeat"),
        ("\\", "a backslash at the end"), (r"\p{L}", "no counterpart"), (r"\y", "has no"),
        ("(?P<a>b)", "there is no group"), ("(?i)a", "there is no group"), (r"\1", "invalid group"),
        (r"\u{110000}", "there is no character"), ("a*+", "nothing to repeat"),
        ("(?<=a+)b", "fixed-width"), ("[b-a]", "bad character range"), ("+", "nothing to repeat"),
    ],
)  # fmt: skip
def test_what_is_no_pattern(pattern, reason):
    with pytest.raises(ValueError, match=reason):
        python_pattern(pattern)
