"""The catalogue of a protocol: what its channels, payloads and apps are, for people to read."""
