# C types of `_nonces_py.py`, for the build of it that is called `_nonces_c`.
import cython

cdef class _Sender:
    cdef public dict nonces
    cdef public list order

    @cython.locals(ts=double, nonce=bytes)
    cpdef double drop_oldest(self)


cdef class NonceCache:
    cdef Py_ssize_t _per_sender
    cdef Py_ssize_t _total
    cdef Py_ssize_t _count
    cdef dict _senders
    cdef dict _floors
    cdef double _next_sweep

    @cython.locals(found=_Sender, known=tuple, signature=str, scopes=tuple)
    cpdef object check(self, object signed, str scope, double now)
    @cython.locals(found=_Sender)
    cpdef forget(self, object signed)
    @cython.locals(sender=_Sender)
    cdef _add(self, object signed, str scope)
    @cython.locals(ts=double)
    cdef _forget(self, str name)
    @cython.locals(limit=double, sender=_Sender)
    cdef _sweep(self, double now)
