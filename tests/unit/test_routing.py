from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from topicwire._routing import TopicTree


@dataclass(frozen=True)
class Entry:
    filter: str

    @property
    def name(self) -> str:
        return self.filter


def tree(*filters: str) -> TopicTree[Entry]:
    made: TopicTree[Entry] = TopicTree()
    for name in filters:
        made.add(Entry(name))
    return made


def matches(filters: tuple[str, ...], topic: str) -> set[str]:
    found = [entry.filter for entry in tree(*filters).match(topic)]
    assert len(found) == len(set(found)), "each entry once"
    return set(found)


@pytest.mark.parametrize(
    ("name", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("+/+", "/b", True),
        ("+", "/b", False),
        ("#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/d", False),
        ("#", "$SYS/broker", False),
        ("+/broker", "$SYS/broker", False),
        ("$SYS/#", "$SYS/broker", True),
        ("$SYS/+", "$SYS/broker", True),
        ("a/$b/#", "a/$b/c", True),
        ("a/#", "a/$b", True),
    ],
)
def test_matching_rules_of_mqtt(name, topic, expected):
    assert (matches((name,), topic) == {name}) is expected


def test_overlapping_filters_are_all_found_once():
    filters = ("#", "a/#", "a/+", "+/b", "+/+", "a/b", "c")
    assert matches(filters, "a/b") == set(filters) - {"c"}


def test_removing_leaves_the_others():
    made = tree("a/b", "a/b/c", "a/#")
    made.remove("a/b")
    assert {entry.filter for entry in made.match("a/b")} == {"a/#"}
    made.remove("a/b/c")
    made.remove("a/#")
    assert made.match("a/b/c") == ()
    assert len(made) == 0
    assert not made._root.children, "no empty branches stay behind"


def test_a_filter_can_be_there_only_once():
    with pytest.raises(ValueError, match="already there"):
        tree("a", "a")


LEVEL = st.sampled_from(["a", "b", "", "$x"])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join)
FILTER = st.tuples(
    st.lists(st.sampled_from(["a", "b", "", "$x", "+"]), min_size=1, max_size=4),
    st.booleans(),
).map(lambda parts: "/".join([*parts[0], "#"] if parts[1] else parts[0]))


def matches_by_the_book(name: str, topic: str) -> bool:
    wanted, levels = name.split("/"), topic.split("/")
    if wanted[0] in ("+", "#") and levels[0].startswith("$"):
        return False
    for i, level in enumerate(wanted):
        if level == "#":
            return True
        if i >= len(levels) or level not in ("+", levels[i]):
            return False
    return len(wanted) == len(levels)


@given(st.sets(FILTER, max_size=8), TOPIC)
def test_agrees_with_a_plain_reading_of_the_rules(filters, topic):
    assert matches(tuple(filters), topic) == {
        name for name in filters if matches_by_the_book(name, topic)
    }
