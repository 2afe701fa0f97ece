"""The README's programs do what it says."""

import re
import select
import subprocess
import sys
from pathlib import Path

from suspension_protocol import models
from suspension_protocol.publishers import ResultsProcessedPublisher
from suspension_protocol.subscribers import SensorSubscriber
from topicwire import Client

from tests.inbox import Inbox
from tests.mosquitto import Mosquitto

README = (Path(__file__).parents[2] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def program(block: str, broker: Mosquitto) -> subprocess.Popen[str]:
    text = block.replace("mqtt://127.0.0.1:1883", broker.url)
    assert broker.url in text
    return subprocess.Popen(
        [sys.executable, "-u", "-c", text],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_publish_and_subscribe(mosquitto: Mosquitto):
    inbox = Inbox()
    with Client(mosquitto.url) as client:
        SensorSubscriber(client).subscribe(inbox)
        output, errors = program(BLOCKS[0], mosquitto).communicate(timeout=30)
        inbox.wait_for(1)
    assert errors == ""
    assert output == "suspension/sensor/force 3512.5 N\n"


def test_app_in_asyncio(mosquitto: Mosquitto):
    result = models.TestResult(
        event="test_result", test_id="t", wheel_id=models.WheelPosition.REAR_LEFT,
        overall_pass=True, timestamp=1.0,
    )  # fmt: skip
    with program(BLOCKS[1], mosquitto) as process, Client(mosquitto.url) as client:
        assert process.stdout is not None
        assert process.stderr is not None
        publisher = ResultsProcessedPublisher(client)
        # It does not say when it has subscribed; it has when it shows a result.
        while process.poll() is None:
            publisher.publish(result).wait(5)
            if select.select([process.stdout], [], [], 0.1)[0]:
                break
        line = process.stdout.readline()
        process.terminate()
        assert line == "rear_left True\n", process.stderr.read()
