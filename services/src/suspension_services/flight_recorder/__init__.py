"""The flight recorder: all traffic of a broker as it was, into a file and out of it again."""
