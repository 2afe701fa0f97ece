"""Each peer has `publish(port, messages, qos, begin, wait)` and `receive(port, qos, ready, handle, wait)`.

`begin()` is called once connected; `wait()` blocks until the other side has finished; `handle(list of models)` counts what came.
"""
