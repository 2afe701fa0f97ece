"""The quarter-car model against its transfer function, and the evaluation against the model."""

import math
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.signal import cont2discrete, lfilter
from suspension_services.imbalance import WheelValues, compare, imbalance
from suspension_services.phase_shift import NotJudgeable, evaluate, passes, periods
from suspension_services.quarter_car import HIGH, HOLD, LOW, Excitation, QuarterCar, sweep
from suspension_services.steady_state import steady_curve


def car(damping: float, *masses_and_springs: float) -> QuarterCar:
    sprung, unsprung, spring, tyre = masses_and_springs or (320, 38, 20, 220)
    return QuarterCar(
        sprung_mass=sprung, unsprung_mass=unsprung, spring=spring, tyre=tyre, damping=damping
    )


def recording(wheel: QuarterCar, duration: float, rate: float, noise: float = 0):
    samples = list(sweep(wheel, Excitation(duration), rate, noise=noise))
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


# Sprung and unsprung mass, spring, tyre: light and heavy, soft and stiff.
KINDS = [
    (320, 38, 20, 220), (180, 32, 18, 220), (250, 35, 18, 180), (320, 38, 30, 220),
    (500, 55, 35, 260), (280, 45, 22, 300),
]  # fmt: skip


@cache
def with_minimum(degrees: float, kind: tuple[float, ...]) -> QuarterCar:
    """The wheel with the damping that gives this minimum."""
    damping = brentq(lambda c: car(c, *kind).minimum_phase_shift() - degrees, 200, 3000, xtol=0.5)
    return car(damping, *kind)


_FINER = 20  # times


@cache
def fine_platform(duration: float, rate: int):
    excitation = Excitation(duration)
    time = np.arange(int(excitation.length * rate)) / rate
    return time, np.array([excitation.platform(moment) for moment in time])


def linear_recording(wheel: QuarterCar, duration: float, rate: int = 100):
    """A sweep of the same wheel without lift-off, from its transfer function: no integrator.

    F / z is sampled 20 times as often as on the bench, the platform held on straight lines.
    """
    spring, tyre, c = wheel.spring * 1000, wheel.tyre * 1000, wheel.damping
    body, mass = wheel.sprung_mass, wheel.unsprung_mass
    # tyre * (1 - w / z), with (body s^2 + k)(mass s^2 + k + tyre) - k^2 below, k = c s + spring
    below = np.polyadd(
        np.polymul([body, c, spring], [mass, c, spring + tyre]),
        -np.polymul([c, spring], [c, spring]),
    )
    above = tyre * np.polysub(below, tyre * np.array([body, c, spring]))
    factor = _FINER
    numerator, denominator, _ = cont2discrete((above, below), 1 / (rate * factor), "foh")
    time, platform = fine_platform(duration, rate * factor)
    force = wheel.static_weight + lfilter(numerator.ravel(), denominator, platform)
    return (
        time[::factor].tolist(), (platform[::factor] * 1000).tolist(), force[::factor].tolist(),
        wheel.static_weight,
    )  # fmt: skip


@pytest.mark.parametrize(("duration", "within"), [(10, 0.2), (24, 0.05), (30, 0.05)])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_sweep_reads_what_the_transfer_function_says_however_fast_it_is(duration, within, kind):
    for degrees in (25.0, 34.5, 35.5, 65.0):
        wheel = with_minimum(degrees, kind)
        found = evaluate(*linear_recording(wheel, duration))
        assert found.min_phase_shift == pytest.approx(wheel.minimum_phase_shift(), abs=within)
        assert found.passed is (degrees > 35)


def test_the_simulated_wheel_lifts_off_and_its_verdict_is_right():
    for degrees in (34.5, 35.5):
        recorded = recording(with_minimum(degrees, KINDS[1]), 24, 100)
        assert min(recorded[2]) == 0
        assert evaluate(*recorded).passed is (degrees > 35)


@pytest.mark.parametrize("rate", [-0.05, -0.5, -2.0, 0.5])
def test_what_a_sweep_does_to_a_known_transfer_function_is_undone(rate):
    """G = H - (j b / 2) H'' for H = 1 / (1 + j w T), whose second derivative is known."""
    lag = 0.02
    time = np.arange(0, 12 / max(0.4, abs(rate)), 0.1)
    frequency = 12 + rate * (time - time.mean())
    omega, b = 2 * np.pi * frequency, 2 * np.pi * rate
    steady = 1 / (1 + 1j * omega * lag)
    bend = -2 * lag**2 / (1 + 1j * omega * lag) ** 3
    shown = steady - 1j * b / 2 * bend
    found = steady_curve(time, frequency, 180 - np.degrees(np.angle(shown)), np.abs(shown))
    expected = 180 + np.degrees(np.arctan(2 * np.pi * found.frequency * lag))
    assert found.phase_shift == pytest.approx(expected, abs=0.05)


def test_what_no_first_order_can_mend_is_mended_by_little():
    time = np.arange(0, 10, 0.1)
    wild = np.exp(20 * np.cos(time * 3))  # amplitudes that no wheel has
    found = steady_curve(time, 20 - time, np.full(100, 40.0), wild)
    assert np.abs(found.phase_shift - 40).max() == pytest.approx(6)


def test_a_wheel_that_lifts_off_has_no_contact_force_left_and_fails_by_the_rest():
    time, platform, force, weight = recording(car(350), 20, 500)
    assert min(force) == 0
    found = evaluate(time, platform, force, weight)
    assert found.rfa_max == 100
    assert not found.passed
    assert found.min_phase_shift == pytest.approx(car(350).minimum_phase_shift(), abs=0.5)


@pytest.mark.parametrize("damping", [0, 60, 120])
def test_a_wheel_that_bounces_never_passes(damping):
    with pytest.raises(NotJudgeable, match=r"the wheel bounces on the platform between 6\.\d and "):
        evaluate(*recording(car(damping), 24, 100))


def test_the_sweep_goes_from_high_to_low_and_keeps_the_stroke():
    samples = list(sweep(car(900), Excitation(10), 200))
    assert samples[0].frequency == HIGH
    assert samples[-1].frequency == pytest.approx(LOW, abs=0.01)
    assert samples[-1].time == pytest.approx(HOLD + 10, abs=0.01)
    assert max(sample.platform for sample in samples) == pytest.approx(3, abs=0.01)
    assert len(samples) == 2201


def test_noise_is_the_same_for_the_same_seed():
    first, again = (list(sweep(car(900), Excitation(10), 100, noise=5, seed=7)) for _ in range(2))
    other = list(sweep(car(900), Excitation(10), 100, noise=5, seed=8))
    assert first == again
    assert first != other


def test_periods_of_pure_sines_have_their_phase():
    time = [i / 1000 for i in range(1001)]
    platform = [math.sin(2 * math.pi * 10 * t) for t in time]
    lead = math.radians(50)  # of the force before the platform
    force = [1000 + 100 * math.sin(2 * math.pi * 10 * t + lead) for t in time]
    found = periods(time, platform, force, 1000)
    assert len(found) >= 8
    assert found.frequency == pytest.approx(10, abs=0.01)
    assert found.phase_shift == pytest.approx(130, abs=0.2)


def test_a_steady_phase_is_kept():
    time = [i / 1000 for i in range(2001)]
    platform = [math.sin(2 * math.pi * 10 * t) for t in time]
    force = [1000 + 100 * math.sin(2 * math.pi * 10 * t + 1) for t in time]
    found = periods(time, platform, force, 1000)
    curve = found.steady()
    assert len(curve) == len(found) - 6
    assert curve.frequency == pytest.approx(10, abs=0.01)
    assert curve.phase_shift == pytest.approx(180 - math.degrees(1), abs=0.05)


def test_a_force_that_never_passes_the_static_weight_has_no_periods():
    time = [i / 100 for i in range(300)]
    platform = [math.sin(2 * math.pi * 10 * t) for t in time]
    assert len(periods(time, platform, [900.0] * len(time), 1000)) == 0


@pytest.mark.parametrize(("degrees", "verdict"), [(34.999, False), (35.0, True), (35.001, True)])
def test_the_limit_itself_passes(degrees, verdict):
    assert passes(degrees) is verdict


@pytest.mark.parametrize("damping", [590, 680])
def test_the_verdict_follows_the_limit_that_is_set(damping):
    recorded = recording(car(damping), 30, 200)
    measured = evaluate(*recorded).min_phase_shift
    assert evaluate(*recorded, limit=measured).passed
    assert not evaluate(*recorded, limit=measured + 0.001).passed


@pytest.mark.parametrize("tyre", [180, 220, 260])
def test_rigidity_grows_with_that_of_the_tyre(tyre):
    wheel = car(900, 320, 38, 20, tyre)
    found = evaluate(*recording(wheel, 30, 100))
    # The amplitude at 25 Hz in the steady state, by the transfer function.
    amplitude = wheel.amplification(HIGH) * 1000 * 3 / 1000
    assert found.rigidity == pytest.approx(0.571 * amplitude / 3 + 46, rel=0.02)


def test_imbalance_is_in_percent_of_the_larger():
    assert imbalance(50, 40) == pytest.approx(20)
    assert imbalance(40, 50) == pytest.approx(20)
    assert imbalance(0, 0) == 0


@pytest.mark.parametrize(
    ("other", "exceeded"),
    [
        (WheelValues(50.0, 60.0, 200.0), False),
        (WheelValues(34.9, 60.0, 200.0), True),
        (WheelValues(50.0, 40.0, 200.0), True),
        (WheelValues(50.0, 60.0, 135.0), False),  # rigidities may differ by 35 %
        (WheelValues(50.0, 60.0, 129.0), True),
        (WheelValues(50.0, 60.0, None), False),
    ],
)
def test_wheels_of_an_axle_are_compared(other, exceeded):
    one = WheelValues(50.0, 60.0, 200.0)
    assert compare(one, other).exceeded is exceeded
    assert compare(other, one) == compare(one, other)


@pytest.mark.parametrize("rest", [*range(11), 300])
def test_a_platform_that_stands_still_before_and_after_the_sweep_changes_nothing(rest):
    wheel = car(1800)
    *columns, weight = recording(wheel, 24, 100)
    still = ((0.0,) * rest, (weight,) * rest)
    platform, force = (
        [*quiet, *column, *quiet] for quiet, column in zip(still, columns[1:], strict=True)
    )
    found = evaluate([number / 100 for number in range(len(platform))], platform, force, weight)
    assert found.min_phase_shift == pytest.approx(wheel.minimum_phase_shift(), abs=0.1)
    assert found.rigidity == pytest.approx(evaluate(*columns, weight).rigidity, rel=0.001)


def test_a_sweep_that_is_cut_short_is_not_judged():
    time, platform, force, weight = recording(car(900), 30, 200)
    with pytest.raises(NotJudgeable, match=r"the sweep goes from 18\.0 to 1[0-9.]+ Hz only"):
        evaluate(time[:4000], platform[:4000], force[:4000], weight)
    with pytest.raises(NotJudgeable, match="only 0 periods between 6 and 18 Hz, 10 are needed"):
        evaluate(time[:1000], platform[:1000], force[:1000], weight)


def altered(samples, change):
    columns = [list(column) for column in samples[:3]]
    return (*(change(*columns) or columns), samples[3])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t, p, f: (t, p, f[1:]), "differ in length: 2201 times, 2201 positions, 2200"),
        (lambda t, p, f: t.__setitem__(9, t[8]), "the times do not ascend at 0.080 s"),
        (lambda t, p, f: f.__setitem__(9, math.nan), "the forces are not all finite"),
        (lambda t, p, f: p.__setitem__(9, math.inf), "the positions are not all finite"),
        (lambda t, p, f: (t[:1], p[:1], f[:1]), "only 1 samples"),
        (lambda t, p, f: (t[::2], p[::2], f[::2]), "50 samples a second; 90 are needed"),
        (
            lambda t, p, f: (t[:900] + t[940:], p[:900] + p[940:], f[:900] + f[940:]),
            "no samples from 8.99 s to 9.40 s",
        ),
        (lambda t, p, f: (t, [x / 3 for x in p], f), "the platform has moved by 2.0 mm; 6 mm"),
        (lambda t, p, f: (t, p, [1766.0] * len(f)), "the force has changed by 0 N only"),
        (
            lambda t, p, f: (t, p, [x + 900 for x in f]),
            "the mean force is 2[0-9]+ N and the static weight 2080 N; the sensors have moved",
        ),
    ],
)
def test_what_cannot_be_judged_says_why(change, reason):
    good = recording(car(900, 180, 32, 18, 220), 21, 100)
    assert evaluate(*good).passed
    with pytest.raises(NotJudgeable, match=reason):
        evaluate(*altered(good, change))


@pytest.mark.parametrize("weight", [0.0, 150.0, 40_000.0])
def test_a_static_weight_that_no_wheel_has_is_not_judged(weight):
    time, platform, force, _ = recording(car(900), 21, 100)
    with pytest.raises(NotJudgeable, match=f"a static weight of {weight:.0f} N; 200 to 30000 N"):
        evaluate(time, platform, force, weight)
