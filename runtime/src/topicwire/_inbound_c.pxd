# C types of `_inbound_py.py`, for the build of it that is called `_inbound_c`.
import cython

cdef class Inbound:
    cdef public str topic
    cdef public bytes payload
    cdef public int qos
    cdef public bint retained
    cdef public bint duplicate
    cdef public int mid
    cdef public object headers
    cdef public object problem
    cdef public tuple identifiers
    cdef public double timestamp
    cdef public Py_ssize_t epoch
    cdef public Py_ssize_t max_bytes
    cdef public object signed
    cdef object _on_done
    cdef Py_ssize_t _remaining
    cdef list _followers
    cdef bint _released
    cdef object _then
    cdef object _lock

    cpdef expect(self, Py_ssize_t routes, on_done)
    cpdef hold(self)
    cpdef done(self)
    cpdef when_done(self, then)
    @cython.locals(first=Inbound)
    cpdef follow(self, Inbound first, on_done)
    @cython.locals(followers=list, follower=Inbound)
    cpdef _release(self)


cdef class AckLedger:
    cdef object _order
    cdef set _finished
    cdef Py_ssize_t _size

    cpdef add(self, Inbound inbound)
    cpdef bint is_full(self, Py_ssize_t messages, Py_ssize_t size)
    cpdef clear(self)
