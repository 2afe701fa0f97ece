"""Which partition a key is in, who gets which, and whether views that differ come to one end."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from topicwire import Client, Partitions, TopicInvalid
from topicwire._membership import Beat, Membership
from topicwire._partitions import assign

from tests.channels import JOBS, PLAIN, JobsSubscriber, PlainSubscriber, Reading


@pytest.mark.parametrize(
    ("key", "count", "partition"),
    # The digests are those of sha256sum, the remainders those of bc.
    [("", 16, 4), ("t-1", 16, 2), ("t-1", 3, 2), ("Ä", 16, 13), ("rig-7", 1, 0)],
)
def test_the_partition_of_a_key_is_the_same_for_ever(key, count, partition):
    assert Partitions(count=count, by="id").of_key(key) == partition


def test_keys_spread_evenly():
    partitions = Partitions(count=16, by="id")
    counts = Counter(partitions.of_key(f"rig-{number}") for number in range(16_000))
    assert len(counts) == 16
    assert max(counts.values()) < 1_150


def test_the_topic_depends_on_a_property_or_on_a_parameter():
    assert JOBS.topic({"rig": "r"}, Reading(number=1)).startswith("jobs/r/partition/")
    topics = {JOBS.topic({"rig": "r"}, Reading(number=n)) for n in range(200)}
    assert len(topics) == 16
    assert JOBS.template.match("jobs/r/partition/15") == {"rig": "r", "partition": "15"}
    assert JOBS.template.match("jobs/r/partition/16") is None
    assert JOBS.template.filter({}) == "jobs/+/partition/+"
    assert PLAIN.topic({}, Reading(number=1)) == "plain"


def test_a_message_without_its_key_is_refused():
    channel = replace(
        JOBS, address="jobs", parameters=(), partitions=Partitions(count=4, by="text")
    )
    with pytest.raises(TopicInvalid, match="the message has no 'text', which says its partition"):
        channel.topic({}, Reading(number=1))


@given(st.sets(st.text(max_size=5), max_size=9), st.integers(1, 64))
def test_partitions_are_divided_evenly_and_all_given_to_somebody(workers, count):
    found = assign(workers, count)
    assert found == assign(sorted(workers, reverse=True), count)
    assert found.keys() == workers
    if workers:
        assert sorted(each for share in found.values() for each in share) == list(range(count))
        sizes = {len(share) for share in found.values()}
        assert max(sizes) - min(sizes) <= 1


def test_few_partitions_change_hands_when_a_worker_goes():
    workers = [f"worker-{number}" for number in range(8)]
    before, after = assign(workers, 64), assign(workers[1:], 64)
    moved = sum(len(after[worker] - before[worker]) for worker in workers[1:])
    # Eight have to move; hashing modulo the number of workers would move 56.
    assert moved <= 24


def beat(worker, *holds, state="here", partitions=16):
    return Beat(
        worker=worker, partitions=partitions, state=state, holds={str(each): 1 for each in holds}
    )


def test_a_worker_takes_nothing_before_it_has_listened():
    membership = Membership("a", 16, timeout=5, settle=1)
    assert membership.share(0) == frozenset()
    membership.heard(beat("a"), 10)
    assert membership.share(10.5) == frozenset()
    assert membership.share(11) == frozenset(range(16))


def test_a_worker_that_does_not_hear_itself_lets_go():
    membership = Membership("a", 16, timeout=5, settle=1)
    membership.heard(beat("a"), 0)
    membership.heard(beat("b"), 1)
    assert len(membership.share(4)) == 8
    membership.heard(beat("b"), 6)
    assert membership.is_cut_off(6)
    assert membership.share(6) == frozenset()


def test_what_another_still_has_is_not_free():
    membership = Membership("a", 16, timeout=5, settle=1)
    membership.heard(beat("a"), 0)
    assert membership.heard(beat("b", 3, 4), 0)
    assert not membership.heard(beat("b", 3, 4), 1)
    assert not membership.is_free(3, 2)
    assert membership.heard(beat("b", 4), 2)
    assert membership.is_free(3, 2)
    assert not membership.is_free(4, 7)
    assert membership.is_free(4, 7.5)  # b was last heard of at 2
    assert membership.heard(beat("b", state="gone"), 3)
    assert membership.is_free(4, 3)


def test_epochs_only_go_up():
    membership = Membership("a", 16, timeout=5, settle=1)
    membership.heard(Beat(worker="b", partitions=16, state="here", holds={"3": 10**17}), 0)
    assert membership.next_epoch(3, 1_000.0) == 10**17 + 1
    assert membership.next_epoch(4, 1_000.0) == 10**9
    assert membership.next_epoch(4, 900.0) == 10**9 + 1


def test_workers_with_other_partitions_are_refused():
    membership = Membership("a", 16, timeout=5, settle=1)
    with pytest.raises(ValueError, match="'b' has 8 partitions and this one 16; all workers"):
        membership.heard(beat("b", partitions=8), 0)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_lost_and_whoever_dies_there_is_one_holder_in_the_end(seed):
    """Workers on a network that loses a third of the beats, and then loses none."""
    chance, count = random.Random(seed), 16
    workers: dict[str, tuple[Membership, set[int]]] = {}

    def step(now, loss):
        for name, (membership, held) in workers.items():
            share = membership.share(now)
            held.intersection_update(share)
            held.update(each for each in share if membership.is_free(each, now))
            for other, _ in workers.values():
                if chance.random() >= loss:
                    other.heard(beat(name, *held), now)

    for now in range(60):
        if now % 10 == 0:
            name = f"worker-{now}"
            workers[name] = Membership(name, count, timeout=5, settle=1), set()
        if now in (35, 36):
            del workers[chance.choice(list(workers))]
        step(now, 0.33)
    for now in range(60, 80):
        step(now, 0.0)
    held = [held for _, held in workers.values()]
    assert sorted(each for one in held for each in one) == list(range(count))
    assert {len(one) for one in held} == {4}


def test_what_cannot_be_a_worker_is_told_so():
    client = Client("mqtt://127.0.0.1:1")
    with pytest.raises(ValueError, match="channel 'plain' has no partitions; give it"):
        PlainSubscriber(client).partitioned("group")
    with pytest.raises(ValueError, match="leave parameters out"):
        JobsSubscriber(client, rig="one").partitioned("group")
    with pytest.raises(ValueError, match="cannot be the name of a group"):
        JobsSubscriber(client).partitioned("a/b")
    with pytest.raises(ValueError, match="at least twice"):
        JobsSubscriber(client).partitioned("group", interval=3, timeout=5)
