"""Each peer is a module with two functions.

`publish(port, messages, qos, begin, wait)` and `receive(port, qos, ready, handle, wait)`:
`begin()` and `ready()` are called once connected and subscribed, `handle(list of models)` counts
what came, and `wait()` blocks until the other side has finished.
"""
