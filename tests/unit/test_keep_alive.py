import pytest
from topicwire._greeting import Loss
from topicwire._keep_alive import KeepAlive
from topicwire._takeover import TakeoverDetector


def test_silence_is_met_with_a_ping_and_then_with_the_end_within_one_and_a_half_intervals():
    state, now = KeepAlive(10.0), 0.0
    pinged = None
    while not state.is_dead(now, last_received=0.0):
        if state.wants_ping(now, last_received=0.0, last_sent=now):
            assert pinged is None, "one ping is enough"
            pinged = now
        now += state.patience()
        assert now < 15.0
    assert pinged is not None
    assert 7.5 <= pinged < 9.0


def test_whatever_is_received_is_a_sign_of_life():
    state = KeepAlive(10.0)
    assert state.wants_ping(8.0, last_received=0.0, last_sent=8.0)
    assert not state.is_dead(12.9, last_received=0.0)
    assert not state.is_dead(13.5, last_received=9.0)
    assert not state.wants_ping(13.5, last_received=9.0, last_sent=13.0)
    assert state.wants_ping(17.0, last_received=9.0, last_sent=13.0), "and then anew"


def test_a_client_that_only_receives_pings_too_so_the_broker_knows_it_is_there():
    assert KeepAlive(10.0).wants_ping(8.0, last_received=8.0, last_sent=0.0)


def test_without_an_interval_there_are_no_pings():
    state = KeepAlive(0)
    assert not state.wants_ping(1e6, last_received=0.0, last_sent=0.0)
    assert not state.is_dead(1e6, last_received=0.0)
    assert state.patience() == 1.0


CLOSED = Loss("closed", closed_by_peer=True)


def test_a_broker_that_says_so_is_believed_at_once():
    assert TakeoverDetector(60).ended(Loss("taken over", code=0x8E), 1000.0)


def test_three_connections_closed_soon_after_they_were_accepted_are_suspicious():
    detector = TakeoverDetector(60)
    raised = []
    for _ in range(7):
        detector.connected(resumed=True)
        raised.append(detector.ended(CLOSED, 1.0))
    assert raised == [False, False, True, False, False, False, False]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda detector: detector.failed_to_connect(),
        lambda detector: detector.connected(resumed=False),
        lambda detector: detector.ended(CLOSED, 61.0),
        lambda detector: detector.ended(Loss("reset"), 1.0),
        lambda detector: detector.ended(Loss("server shutting down", code=0x8B), 1.0),
    ],
)
def test_what_has_another_explanation_is_not(spoil):
    detector = TakeoverDetector(60)
    for _ in range(2):
        detector.connected(resumed=True)
        assert not detector.ended(CLOSED, 1.0)
    spoil(detector)
    assert not detector.ended(CLOSED, 1.0)
