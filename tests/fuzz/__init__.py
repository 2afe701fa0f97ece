"""Inputs that nobody would think of, for everything that reads what comes from elsewhere."""
