"""The verdicts of the benchmark."""

from bench.judgement import judge


def row(rate: float, us: float) -> dict[str, float]:
    return {"rate": rate, "send_us": us, "receive_us": us}


def test_limits_decide_and_what_is_missing_is_left_out() -> None:
    floor = {"serialise_us": 2.0, "validate_us": 2.0}
    verdicts = judge({"paho/0": row(100, 9), "topicwire/0": row(400, 2.8)}, floor)
    assert [(round(value, 2), holds) for _, value, holds in verdicts] == [
        (4.0, True),
        (1.4, True),
        (1.4, False),
    ]
