# C types of `_context_py.py`, for the build of it that is called `_context_c`.
import cython

cdef class Context:
    cdef readonly str channel
    cdef readonly str topic
    cdef readonly object parameters
    cdef readonly object headers
    cdef readonly double timestamp
    cdef readonly int qos
    cdef readonly bint retained
    cdef readonly bint duplicate
    cdef readonly object sender
    cdef readonly object sent
    cdef readonly object response_topic
    cdef readonly object correlation
    cdef readonly object batch_index
    cdef readonly object typed_headers

    @cython.locals(new=Context)
    cpdef Context at(self, Py_ssize_t index)

    @cython.locals(new=Context)
    cpdef Context with_headers(self, object typed)
