"""Generator of topicwire."""
