"""Programs for the development of topicwire."""
