"""topicwire without batches."""

from functools import partial

from bench.peers import topicwire

publish = partial(topicwire.publish, batched=False)
receive = partial(topicwire.receive, batched=False)
