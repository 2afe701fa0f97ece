"""Topic filters: their topics, and whether two have any in common."""

from itertools import product

import pytest
from topicwire import TopicFilter

LEVELS = ["a", "b", "$s", ""]
TOPICS = ["/".join(levels) for depth in (1, 2, 3) for levels in product(LEVELS, repeat=depth)]
WILD = ["a", "b", "$s", "+"]
FILTERS = [
    text
    for depth in (1, 2, 3)
    for levels in product(WILD, repeat=depth)
    for text in ("/".join(levels), "/".join([*levels[:-1], "#"]))
]


def test_overlap_is_having_a_topic_in_common():
    filters = {text: TopicFilter(text) for text in sorted(set(FILTERS))}
    matching = {
        text: {topic for topic in TOPICS if each.matches(topic)} for text, each in filters.items()
    }
    wrong = [
        (one, other)
        for one, other in product(filters, repeat=2)
        if filters[one].overlaps(filters[other]) != bool(matching[one] & matching[other])
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["", "a/#/b", "a+", "#a", "a/b#", "a\0b"])
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(ValueError, match="is not a topic filter"):
        TopicFilter(text)


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("#", "a/b", True), ("#", "$SYS/x", False), ("$SYS/#", "$SYS/x", True),
        ("a/#", "a", True), ("a/#", "ab", False), ("+", "a/b", False), ("a/+", "a/", True),
        ("a.c", "abc", False),
    ],
)  # fmt: skip
def test_topics(text, topic, expected):
    assert TopicFilter(text).matches(topic) is expected
