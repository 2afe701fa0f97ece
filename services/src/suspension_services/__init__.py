"""Reference services of the suspension tester; they talk only through the generated stubs."""
