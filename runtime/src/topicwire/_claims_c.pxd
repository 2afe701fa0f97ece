# C types of `_claims_py.py`, for the build of it that is called `_claims_c`.
import cython

cdef Py_ssize_t _MAX_KID
cdef Py_ssize_t _MAX_DIGITS
cdef double _MICROSECONDS
cdef bytes _MAGIC
cdef bytes _ABSENT
cdef str _WORD

cdef class Signed:
    cdef readonly str sender
    cdef readonly object epoch
    cdef readonly object sequence
    cdef readonly double ts
    cdef readonly bytes nonce
    cdef readonly str signature
    cdef readonly str kid
    cdef readonly bytes mac


@cython.locals(character=Py_UCS4)
cpdef bint is_kid(str text)

cpdef object read_number(str text)

@cython.locals(
    found=dict, version=str, kid=str, nonce=str, signature=str, name=str, sender=str, raw=bytes,
    mac=bytes,
)
cpdef Signed read_claims(tuple properties)

@cython.locals(found=dict)
cpdef bytes signed_bytes(
    str algorithm, str topic, tuple properties, str content_type, str response_topic,
    bytes correlation, bytes body
)

@cython.locals(value=str)
cdef bytes _value(dict found, str name)

@cython.locals(size=Py_ssize_t)
cdef bytes _part(bytes value)
