"""The bench's frames, its virtual bus, and logs of it."""

import asyncio
import subprocess
import sys
import threading
from importlib.resources import files
from pathlib import Path

import can
import cantools
import pytest
from suspension_services.bench_run import BenchRun
from suspension_services.can_access import BusAddress
from suspension_services.frame_reader import FrameReader
from suspension_services.frames import (
    Display,
    FrameInvalid,
    Lamps,
    MotorCommand,
    MotorFault,
    MotorState,
    MotorStatus,
    PlateAtTop,
    PlatformFrame,
    Side,
    decode,
    encode,
)
from suspension_services.log_bus import LogBus
from suspension_services.phase_shift import evaluate
from suspension_services.platforms import Platform, Recording
from suspension_services.quarter_car import Excitation, QuarterCar
from suspension_services.simulated_bench import Fault, SimulatedBench
from suspension_services.stream_bus import StreamBus

CAR = QuarterCar(sprung_mass=320, unsprung_mass=38, spring=20, tyre=220, damping=1300)
RUN = MotorCommand(side=Side.LEFT, run=True, duration=24.0, high=25.0, low=5.0)


@pytest.mark.parametrize(
    "frame",
    [
        PlatformFrame(12.5, Side.LEFT, (0.0, 1500.0, 3069.0), -2.75),
        PlatformFrame(12.5, Side.RIGHT, (3.0, 6.0, 9.0), 5.11),
        MotorStatus(1.0, Side.RIGHT, MotorState.SWEEPING, 17.35),
        MotorStatus(1.0, Side.LEFT, MotorState.FAULT, 0.0, MotorFault.NO_WHEEL),
        PlateAtTop(3.0, Side.LEFT, 255),
        RUN,
        MotorCommand(),
        Display(3512.0, 0.0),
        Lamps(red=True),
        Lamps(yellow=True, green=True),
    ],
)
def test_frames_come_back_as_they_were(frame):
    message = encode(frame)
    assert message.is_extended_id
    assert decode(message) == frame


def test_the_dbc_has_the_ids_of_the_bench_and_ten_bits_for_each_value():
    text = files("suspension_services").joinpath("bench.dbc").read_text(encoding="utf-8")
    database = cantools.database.load_string(text, "dbc", strict=True)
    assert {message.name: message.frame_id for message in database.messages} == {
        "LeftPlatform": 0x08AAAA60, "RightPlatform": 0x08AAAA61, "MotorStatus": 0x08AAAA66,
        "PlateAtTop": 0x08AAAA67, "MotorCommand": 0x08AAAA71, "Display": 0x08AAAA72,
        "Lamps": 0x08AAAA73,
    }  # fmt: skip
    assert all(message.is_extended_frame for message in database.messages)
    for name in ("LeftPlatform", "RightPlatform"):
        signals = database.get_message_by_name(name).signals
        assert [signal.length for signal in signals] == [10] * 4


def test_what_does_not_fit_its_bits_is_cut_to_its_limits():
    frame = PlatformFrame(0.0, Side.LEFT, (-50.0, 9000.0, 100.0), 99.0)
    assert decode(encode(frame)) == PlatformFrame(0.0, Side.LEFT, (0.0, 3069.0, 99.0), 5.11)


def test_foreign_frames_are_none_of_ours_and_short_ones_an_error():
    assert decode(can.Message(arbitration_id=0x60, is_extended_id=False)) is None
    assert decode(can.Message(arbitration_id=0x123, is_extended_id=True, data=[1])) is None
    short = can.Message(arbitration_id=0x08AAAA60, is_extended_id=True, data=[1, 2, 3])
    with pytest.raises(FrameInvalid, match="LeftPlatform with 3 bytes"):
        decode(short)
    unknown_state = can.Message(
        arbitration_id=0x08AAAA66, is_extended_id=True, data=[0, 5] + [0] * 6
    )
    with pytest.raises(FrameInvalid, match="5 is not a valid MotorState"):
        decode(unknown_state)


# ---- the simulated bench -------------------------------------------------------------------------


def drive(bench: SimulatedBench, ticks: int, command: MotorCommand | None = None):
    frames = []
    for _ in range(ticks):
        if command is not None:
            bench.command(command)
        frames += bench.tick()
    return frames


def states(frames):
    found = [frame.state for frame in frames if isinstance(frame, MotorStatus)]
    return [state for i, state in enumerate(found) if i == 0 or state is not found[i - 1]]


def test_a_sweep_by_command_and_only_one():
    bench = SimulatedBench(1000.0)
    bench.load(Side.LEFT, CAR)
    frames = drive(bench, 2700, RUN)
    assert states(frames) == [
        MotorState.STARTING, MotorState.SWEEPING, MotorState.STOPPING, MotorState.AT_REST,
    ]  # fmt: skip
    times = [f.time for f in frames if isinstance(f, PlatformFrame) and f.side is Side.LEFT]
    assert times == pytest.approx([1000 + 0.01 * (i + 1) for i in range(2700)])
    tops = [f for f in frames if isinstance(f, PlateAtTop)]
    # 25 turns in the second before the sweep, 15 a second on average in the 24 s of it.
    assert len(tops) == pytest.approx(25 + 360, abs=1)
    assert 1 / (tops[1].time - tops[0].time) == pytest.approx(25, abs=0.05)
    assert 1 / (tops[-1].time - tops[-2].time) == pytest.approx(5.1, abs=0.2)


@pytest.mark.parametrize(
    ("prepare", "fault"),
    [
        (lambda bench: None, MotorFault.NO_WHEEL),
        (lambda bench: setattr(bench, "fault", Fault.MOTOR) or bench.load(Side.LEFT, CAR),
         MotorFault.DOES_NOT_START),
    ],
)  # fmt: skip
def test_what_stops_the_motor_is_told(prepare, fault):
    bench = SimulatedBench(0.0)
    prepare(bench)
    [last] = [f for f in drive(bench, 300, RUN) if isinstance(f, MotorStatus)][-1:]
    assert (last.state, last.fault) == (MotorState.FAULT, fault)


def test_without_commands_the_motor_stops():
    bench = SimulatedBench(0.0)
    bench.load(Side.LEFT, CAR)
    drive(bench, 200, RUN)
    assert bench.is_moving
    bench.commands_ceased()
    assert not bench.is_moving
    [last] = [f for f in drive(bench, 10) if isinstance(f, MotorStatus)]
    assert (last.state, last.fault) == (MotorState.FAULT, MotorFault.COMMANDS_CEASED)


def test_a_wheel_that_comes_while_the_motor_still_stops_stays():
    bench = SimulatedBench(0.0)
    bench.load(Side.LEFT, CAR)
    drive(bench, 200, RUN)
    bench.command(MotorCommand())
    drive(bench, 10)
    bench.load(Side.LEFT, CAR)
    frames = drive(bench, 100)
    assert states(frames) == [MotorState.STOPPING, MotorState.AT_REST]
    [last] = [f for f in frames if isinstance(f, PlatformFrame) and f.side is Side.LEFT][-1:]
    assert sum(last.forces) > CAR.static_weight
    # The one that was tested leaves.
    drive(bench, 200, RUN)
    bench.command(MotorCommand())
    [last] = [f for f in drive(bench, 100) if isinstance(f, PlatformFrame)][-2:-1]
    assert sum(last.forces) < 100


def test_a_bench_that_starts_anew_in_the_middle_of_a_sweep_is_a_fault():
    run = BenchRun(Side.LEFT, Excitation(24.0), Recording(CAR.static_weight))
    bench = SimulatedBench(1000.0)
    bench.load(Side.LEFT, CAR)

    def feed(frames) -> None:
        for frame in frames:
            if isinstance(frame, MotorStatus):
                run.take_motor(frame)
            elif isinstance(frame, PlatformFrame):
                run.take_platform(frame, sum(frame.forces))

    feed(drive(bench, 200, RUN))
    assert run.is_recording
    # What is at rest then is another bench, and has not ended the sweep of this one.
    feed(drive(SimulatedBench(900.0), 20))
    assert run.fault == "the bench has started anew in the middle of the sweep"
    assert not run.has_ended


def test_a_platform_is_zeroed_when_it_is_empty_and_weighs_what_stands_still():
    bench, platform = SimulatedBench(0.0), Platform()

    def feed(ticks: int, command: MotorCommand | None = None) -> None:
        for frame in drive(bench, ticks, command):
            if isinstance(frame, PlatformFrame) and frame.side is Side.LEFT:
                platform.add(decode(encode(frame)))

    feed(60)
    assert platform.static_weight() is None
    platform.zero()
    bench.load(Side.LEFT, CAR)
    feed(20)
    assert platform.static_weight() is None, "it has not stood still for half a second yet"
    feed(60)
    assert platform.static_weight() == pytest.approx(CAR.static_weight, abs=3)
    platform.zero()  # with a wheel on it, that changes nothing
    assert platform.static_weight() == pytest.approx(CAR.static_weight, abs=3)
    feed(150, RUN)
    assert platform.static_weight() is None, "it moves"


# ---- the virtual bus -----------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bus.sock"


def message(number: int, moment: float = 5.25) -> can.Message:
    return can.Message(
        arbitration_id=number, is_extended_id=True, data=[number % 256], timestamp=moment
    )


def test_frames_reach_all_others_in_order_with_the_time_of_their_sender(path: Path):
    with (
        StreamBus(str(path), listen=True) as bench,
        StreamBus(str(path)) as one,
        StreamBus(str(path)) as two,
    ):
        # Who is heard is on the bus, and the listener passes on what others send.
        one.send(message(1))
        assert bench.recv(5).arbitration_id == 1
        two.send(message(2))
        assert bench.recv(5).arbitration_id == one.recv(5).arbitration_id == 2
        one.send(message(3))
        assert bench.recv(5).arbitration_id == 3
        if (heard := two.recv(5)).arbitration_id == 1:  # it may have come before the first frame
            heard = two.recv(5)
        assert heard.arbitration_id == 3
        for number in range(2000):
            bench.send(message(number, number / 100))
        for bus in (one, two):
            got = [bus.recv(5) for _ in range(2000)]
            assert [m.arbitration_id for m in got] == list(range(2000))
            assert [m.timestamp for m in got] == [number / 100 for number in range(2000)]
            assert bus.recv(0.05) is None, "nobody hears himself"


def test_the_end_of_the_bus_is_an_error_for_all(path: Path):
    bench = StreamBus(str(path), listen=True)
    with StreamBus(str(path)) as member:
        bench.shutdown()
        for _ in range(2):
            with pytest.raises(can.CanOperationError, match=f"virtual bus at {path} has ended"):
                member.recv(5)
        with pytest.raises(can.CanOperationError, match="has ended"):
            member.send(message(1))
    assert not path.exists()


def test_a_bus_that_is_not_there_and_one_that_is_taken(path: Path):
    with pytest.raises(can.CanInitializationError, match="No such file"):
        StreamBus(str(path))
    with (
        StreamBus(str(path), listen=True),
        pytest.raises(can.CanInitializationError, match="another simulator has this bus"),
    ):
        StreamBus(str(path), listen=True)


def test_the_socket_of_a_killed_process_is_in_nobodys_way(path: Path):
    code = (
        "import os, signal; from suspension_services.stream_bus import StreamBus; "
        f"StreamBus({str(path)!r}, listen=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert path.is_socket()
    with StreamBus(str(path), listen=True) as bench, StreamBus(str(path)) as member:
        member.send(message(5))
        assert bench.recv(5).arbitration_id == 5


def test_the_tools_of_python_can_find_the_bus(path: Path):
    with (
        StreamBus(str(path), listen=True) as bench,
        can.Bus(interface="suspension_bench", channel=str(path)) as member,
    ):
        member.send(message(9))
        assert bench.recv(5).arbitration_id == 9


def test_the_loop_gets_what_came_together_and_the_end(path: Path):
    async def read() -> tuple[int, str]:
        bench = StreamBus(str(path), listen=True)
        member = StreamBus(str(path))
        member.send(message(1))
        assert bench.recv(5) is not None
        reader, count = FrameReader(member), 0
        for number in range(500):
            bench.send(message(number))
        try:
            async for chunk in reader.chunks():
                count += len(chunk)
                if count == 500:
                    bench.shutdown()
        except can.CanError as error:
            return count, str(error)
        finally:
            await reader.close()
            member.shutdown()
        return count, ""

    count, error = asyncio.run(asyncio.wait_for(read(), 20))
    assert count == 500
    assert error.endswith("has ended")


@pytest.mark.parametrize("text", ["can0", ":can0", "socketcan:", ""])
def test_what_is_no_bus_is_told(text):
    with pytest.raises(ValueError, match="give INTERFACE:CHANNEL, such as virtual:/tmp/bench"):
        BusAddress.parse(text)
    assert str(BusAddress.parse("socketcan:can0")) == "socketcan:can0"


def test_a_bus_that_the_machine_does_not_have_is_an_error_that_names_it():
    with pytest.raises(can.CanError, match="nocan7"):
        BusAddress.parse("socketcan:nocan7").open()


# ---- logs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".blf", ".asc"])
def test_a_recorded_drive_gives_the_result_it_gave(tmp_path: Path, suffix):
    bench = SimulatedBench(1_700_000_000.0)
    drive(bench, 1)
    bench.load(Side.LEFT, CAR)
    recorded = drive(bench, 100) + drive(bench, 2700, RUN)
    file = tmp_path / f"drive{suffix}"
    with can.Logger(file) as logger:
        for frame in recorded:
            logger(encode(frame))
    live = judged(frame for frame in (decode(encode(frame)) for frame in recorded))
    with LogBus(str(file), speed=5000) as bus:

        def played():
            # Before somebody commands the motor, the log waits at rest.
            for _ in range(1000):
                frame = decode(bus.recv(5))
                assert not isinstance(frame, MotorStatus) or frame.state is MotorState.AT_REST
                yield frame
            bus.send(encode(RUN))
            while True:
                frame = decode(bus.recv(5))
                yield frame
                if isinstance(frame, MotorStatus) and frame.state is MotorState.STOPPING:
                    return

        replayed = judged(played())
    assert replayed.min_phase_shift == pytest.approx(live.min_phase_shift, abs=0.05)
    assert live.min_phase_shift == pytest.approx(CAR.minimum_phase_shift(), abs=1.5)


def judged(frames):
    recording, sweeping, last = Recording(CAR.static_weight), False, -1.0
    for frame in frames:
        if isinstance(frame, PlatformFrame) and frame.side is Side.LEFT:
            assert frame.time > last, "times go on"
            last = frame.time
            if sweeping:
                recording.add(frame, sum(frame.forces) - 45)
        elif isinstance(frame, MotorStatus):
            sweeping = frame.state is MotorState.SWEEPING
    assert not recording.stuck_cells()
    assert recording.sampling_rate == pytest.approx(100, abs=0.5)
    times = [moment - recording.times[0] for moment in recording.times]
    return evaluate(times, recording.positions, recording.forces, recording.static_weight)


def test_a_log_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(can.CanInitializationError, match="no-such"):
        LogBus(str(tmp_path / "no-such.blf"))
    strange = tmp_path / "strange.xyz"
    strange.write_text("")
    with pytest.raises(can.CanInitializationError, match=r"\.xyz"):
        LogBus(str(strange))


def test_threads_end_with_their_buses(path: Path):
    before = threading.active_count()
    with StreamBus(str(path), listen=True) as bench, StreamBus(str(path)) as member:
        member.send(message(1))
        assert bench.recv(5) is not None
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(0.5)
    assert threading.active_count() <= before
