import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from topicwire._arrivals import Arrivals
from topicwire._duplicates import WINDOW, DuplicateFilter
from topicwire._envelope import Headers
from topicwire._identity import Identity, IdentitySource, identity_of, sent_at
from topicwire._inbound import Inbound
from topicwire._stats import Counters


def test_every_number_is_new_once():
    found = DuplicateFilter()
    numbers = list(range(1, 3000))
    assert all(found.is_new(Identity("a", 1, number)) for number in numbers)
    assert not any(found.is_new(Identity("a", 1, number)) for number in numbers)


def test_senders_runs_and_groups_are_kept_apart():
    found = DuplicateFilter()
    assert found.is_new(Identity("a", 1, 1))
    assert found.is_new(Identity("b", 1, 1))
    assert found.is_new(Identity("a", 2, 1))
    assert found.is_new(Identity("a", 1, 1), "$share/g/t")
    assert not found.is_new(Identity("a", 1, 1))


@given(st.lists(st.integers(1, WINDOW), max_size=200))
def test_whatever_the_order_within_the_window_each_is_new_once(numbers):
    found, seen = DuplicateFilter(), set()
    for number in numbers:
        assert found.is_new(Identity("a", 1, number)) is (number not in seen)
        seen.add(number)


def test_what_is_older_than_the_window_counts_as_seen():
    found = DuplicateFilter()
    assert found.is_new(Identity("a", 1, 5000))
    assert found.is_new(Identity("a", 1, 5000 - WINDOW + 1))
    assert not found.is_new(Identity("a", 1, 5000 - WINDOW))


def test_memory_is_bounded_and_the_latest_are_kept():
    found = DuplicateFilter(max_runs=100)
    for run in range(1000):
        assert found.is_new(Identity("a", run, 1))
    assert not found.is_new(Identity("a", 999, 1))
    assert found.is_new(Identity("a", 0, 1)), "long forgotten"


def test_an_identity_survives_the_wire():
    source = IdentitySource("ä b")
    first, second = source.next(), source.next()
    assert (first.sequence, second.sequence) == (1, 2)
    headers = Headers(first.properties(created=1_700_000_000.25))
    assert identity_of(headers) == first
    assert sent_at(headers) == 1_700_000_000.25


@pytest.mark.parametrize(
    "properties",
    [
        (),
        (("sid", "a"), ("ep", "1")),
        (("sid", "a"), ("ep", "1"), ("seq", "-1")),
        (("sid", "a"), ("ep", "1"), ("seq", " 1")),
        (("sid", "a"), ("ep", "1"), ("seq", "1_0")),
        (("sid", "a"), ("ep", "1"), ("seq", "\N{ARABIC-INDIC DIGIT ONE}")),
        (("sid", "a"), ("ep", "1"), ("seq", "9" * 5000)),
        (("sid", "a"), ("ep", "1"), ("seq", "9" * 19)),
        (("sid", "a" * 257), ("ep", "1"), ("seq", "1")),
    ],
)
def test_a_bad_identity_is_none(properties):
    assert identity_of(Headers(properties)) is None


def inbound(number: int, **options: object) -> Inbound:
    settings = {"qos": 1, "retained": False, "duplicate": False, "mid": 1, **options}
    headers = Headers(Identity("a", 1, number).properties(0.0))
    return Inbound("t", b"", headers=headers, **settings)  # type: ignore[arg-type]


def test_a_repetition_is_acknowledged_but_not_before_the_first_is_done():
    counters, acknowledged = Counters(), []
    arrivals = Arrivals(counters)
    first, again, later = inbound(1), inbound(1), inbound(1)
    assert not arrivals.is_repetition(first, "durable", "", acknowledged.append)
    first.expect(1, acknowledged.append)
    assert arrivals.is_repetition(again, "durable", "", acknowledged.append)
    assert acknowledged == []
    first.done()
    assert acknowledged == [first, again]
    assert arrivals.is_repetition(later, "durable", "", acknowledged.append)
    assert acknowledged == [first, again, later]
    assert counters.snapshot().duplicates == 2
    assert counters.snapshot().transit.count == 1


def test_retained_messages_and_those_without_identity_are_never_repetitions():
    arrivals = Arrivals(Counters())
    for _ in range(2):
        assert not arrivals.is_repetition(inbound(1, retained=True), "durable", "", print)
        plain = Inbound("t", b"", qos=1, retained=False, duplicate=True, mid=1)
        assert not arrivals.is_repetition(plain, "durable", "", print)


def test_a_storm_of_repetitions_is_dropped():
    counters = Counters()
    arrivals = Arrivals(counters)
    numbers = [*range(1, 10_001)]
    news = [
        n for n in numbers if not arrivals.is_repetition(inbound(n), "durable", "", lambda _: None)
    ]
    assert news == numbers
    random.Random(1).shuffle(numbers)
    assert all(arrivals.is_repetition(inbound(n), "durable", "", lambda _: None) for n in numbers)
    assert counters.snapshot().duplicates == 10_000
