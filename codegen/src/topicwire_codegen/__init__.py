"""Generator of topicwire: from an AsyncAPI 3 document to a typed Python package for MQTT."""
