"""Reference services of the suspension tester."""
