from topicwire._rate_limit import RateLimit


def test_the_first_are_told_then_one_a_second_and_the_rest_are_counted():
    now = 0.0
    limit = RateLimit(lambda: now)
    told = []
    for step in range(10_000):
        now = step / 1000
        found = limit.admit("a")
        if found is not None:
            told.append((step, found))
    assert [step for step, _ in told[:10]] == list(range(10))
    assert len(told) == 19
    assert sum(held for _, held in told) + len(told) <= 10_000
    assert told[-1][1] > 900


def test_names_do_not_disturb_each_other_and_are_bounded():
    limit = RateLimit(lambda: 0.0)
    for _ in range(20):
        limit.admit("loud")
    assert limit.admit("loud") is None
    assert limit.admit("quiet") == 0
    for number in range(5000):
        limit.admit(str(number))
    assert len(limit._names) <= 1000
