"""Experiments with broken networks, killed brokers and killed programs: `make faults`."""
