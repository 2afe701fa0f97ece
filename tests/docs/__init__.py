"""What the README and the guides say is true: their blocks run, their links lead somewhere."""
