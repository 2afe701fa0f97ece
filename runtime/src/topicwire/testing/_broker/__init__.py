"""The broker without its sockets: bytes in, bytes out, and a clock that can be told."""
