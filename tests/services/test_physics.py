"""The quarter-car model against its transfer function, and the evaluation against the model."""

import math

import pytest
from suspension_services.phase_shift import (
    NotJudgeable,
    crossings,
    evaluate,
    imbalance,
    periods,
)
from suspension_services.quarter_car import HIGH, HOLD, LOW, QuarterCar, sweep


def car(damping: float, *masses_and_springs: float) -> QuarterCar:
    sprung, unsprung, spring, tyre = masses_and_springs or (320, 38, 20, 220)
    return QuarterCar(
        sprung_mass=sprung, unsprung_mass=unsprung, spring=spring, tyre=tyre, damping=damping
    )


def recording(wheel: QuarterCar, duration: float, rate: float, noise: float = 0):
    samples = list(sweep(wheel, duration, rate, noise=noise))
    return (
        [sample.time for sample in samples],
        [sample.platform for sample in samples],
        [sample.force for sample in samples],
        wheel.static_weight,
    )


@pytest.mark.parametrize(
    ("wheel", "degrees"),
    [(car(600), 34.8), (car(1300), 66), (car(900, 180, 32, 18, 220), 53)],
)
def test_transfer_function_gives_the_known_phase_shifts(wheel, degrees):
    assert wheel.minimum_phase_shift() == pytest.approx(degrees, abs=0.3)


@pytest.mark.parametrize(("rate", "noise"), [(1000, 0), (200, 4), (100, 0)])
@pytest.mark.parametrize(
    "wheel", [car(700), car(1300), car(900, 180, 32, 18, 220)], ids=["700", "1300", "900"]
)
def test_simulated_and_evaluated_within_1_5_degrees_of_the_transfer_function(wheel, rate, noise):
    found = evaluate(*recording(wheel, 30, rate, noise))
    assert found.min_phase_shift == pytest.approx(wheel.minimum_phase_shift(), abs=1.5)
    assert found.passed


def test_verdict_changes_at_the_limit():
    assert evaluate(*recording(car(750), 30, 500)).passed
    weak = evaluate(*recording(car(560), 30, 500))
    assert not weak.passed
    assert weak.min_phase_shift < 35


def test_a_wheel_that_lifts_off_has_no_contact_force_left():
    time, platform, force, weight = recording(car(250), 20, 500)
    assert min(force) == 0
    assert evaluate(time, platform, force, weight).rfa_max == 100


def test_the_sweep_goes_from_high_to_low_and_keeps_the_stroke():
    samples = list(sweep(car(900), 10, 200))
    assert samples[0].frequency == HIGH
    assert samples[-1].frequency == pytest.approx(LOW, abs=0.01)
    assert samples[-1].time == pytest.approx(HOLD + 10, abs=0.01)
    assert max(sample.platform for sample in samples) == pytest.approx(3, abs=0.01)
    assert len(samples) == 2201


def test_noise_is_the_same_for_the_same_seed():
    first, again = (list(sweep(car(900), 10, 100, noise=5, seed=7)) for _ in range(2))
    other = list(sweep(car(900), 10, 100, noise=5, seed=8))
    assert first == again
    assert first != other


def test_periods_of_pure_sines_have_their_phase():
    time = [i / 1000 for i in range(1001)]
    platform = [math.sin(2 * math.pi * 10 * t) for t in time]
    lead = math.radians(50)  # of the force before the platform
    force = [1000 + 100 * math.sin(2 * math.pi * 10 * t + lead) for t in time]
    found = periods(time, platform, force, 1000)
    assert len(found) >= 8
    for period in found:
        assert period.frequency == pytest.approx(10, abs=0.01)
        assert period.phase_shift == pytest.approx(130, abs=0.2)


def test_crossings_are_interpolated():
    assert crossings([0, 1, 2, 3], [0, 2, -2, 2], 1.0, rising=True) == [0.5, 2.75]
    assert crossings([0, 1, 2, 3], [0, 2, -2, 2], 1.0, rising=False) == [1.25]


def test_imbalance_is_in_percent_of_the_larger():
    assert imbalance(50, 40) == pytest.approx(20)
    assert imbalance(40, 50) == pytest.approx(20)
    assert imbalance(0, 0) == 0


@pytest.mark.parametrize(
    ("time", "platform", "force", "reason"),
    [
        ([0, 1], [0, 1], [0], "the arrays differ in length: 2 times, 2 positions, 1 forces"),
        ([0, 1, 1], [0, 1, 0], [1, 1, 1], "the times do not ascend"),
        ([0, 1, 2], [0, 0, 0], [1, 1, 1], "only 0 periods between 6 and 18 Hz, 10 are needed"),
    ],
)
def test_what_cannot_be_judged_says_why(time, platform, force, reason):
    with pytest.raises(NotJudgeable, match=reason):
        evaluate(time, platform, force, 1000.0)


def test_a_recording_cut_short_is_not_judged():
    time, platform, force, weight = recording(car(900), 30, 200)
    with pytest.raises(NotJudgeable, match="are needed"):
        evaluate(time[:1000], platform[:1000], force[:1000], weight)
