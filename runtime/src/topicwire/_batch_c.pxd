# C types of `_batch_py.py`, for the build of it that is called `_batch_c`.
import cython

cdef class Room:
    cdef public Py_ssize_t max_messages
    cdef public Py_ssize_t max_bytes
    cdef public Py_ssize_t ahead
    cdef public Py_ssize_t messages
    cdef public Py_ssize_t size
    cdef public Py_ssize_t open
    cdef public Py_ssize_t collected

    cpdef bint fits(self, Py_ssize_t size)
    cpdef bint takes(self, Py_ssize_t size)
    cpdef bint holds(self, Py_ssize_t size)


cdef class OpenBatch:
    cdef public str topic
    cdef public Py_ssize_t limit
    cdef public object delivery
    cdef public double opened
    cdef public list bodies
    cdef public Py_ssize_t size

    cpdef bytes join(self)


cdef class Collector:
    cdef public double linger
    cdef public bint closed
    cdef public Py_ssize_t messages
    cdef Py_ssize_t _max_messages
    cdef Room _room
    cdef object _lock
    cdef object _encode
    cdef object _topic_of
    cdef object _begin
    cdef object _finish
    cdef object _make_room
    cdef object _refuse
    cdef dict _open
    cdef dict _topics

    @cython.locals(topic=str, body=bytes, size=Py_ssize_t, room=Room, batch=OpenBatch)
    cpdef object publish(self, object message, object parameters=*, bint may_wait=*)
    @cython.locals(batch=OpenBatch)
    cpdef object due(self)
    @cython.locals(batch=OpenBatch, due=list, opened=double)
    cpdef flush_before(self, double now)
    @cython.locals(batch=OpenBatch)
    cpdef flush(self)
    @cython.locals(topic=str, key=tuple)
    cdef str _topic(self, object parameters)
    @cython.locals(room=Room)
    cdef _close(self, OpenBatch batch)


@cython.locals(index=Py_ssize_t)
cpdef hand_out(
    list elements, context, bint batched, handler, invalid, rejected, failed
)
