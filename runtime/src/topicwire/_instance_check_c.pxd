# C types of `_instance_check_py.py`, for the build of it that is called `_instance_check_c`.
import cython

cdef int FLOAT
cdef int TEXT
cdef int INTEGER
cdef int BOOLEAN
cdef int WORD
cdef int MEMBER
cdef int MODEL

cdef int UNKNOWN
cdef int RIGHT
cdef int COMPLETE

cdef class FieldCheck:
    cdef readonly str name
    cdef readonly int kind
    cdef readonly bint required
    cdef readonly double low
    cdef readonly double high
    cdef readonly int outside
    cdef readonly frozenset words
    cdef readonly object enum
    cdef readonly object search
    cdef readonly InstanceCheck model
    cdef readonly tuple others

    @cython.locals(kind=int, number=double, text=str)
    cpdef bint accepts(self, object value)
    cpdef bint allows(self, object value)
    cdef bint _is_within(self, double number)


cdef class InstanceCheck:
    cdef readonly object model
    cdef readonly list fields

    @cython.locals(
        values=dict, given=set, complete=bint, known=int, found=int, field=FieldCheck
    )
    cpdef int look(self, object instance)


cdef class Encoder:
    cdef dict _checks
    cdef object _to_json
    cdef object _without_unset
    cdef object _validated

    @cython.locals(check=InstanceCheck, known=int)
    cpdef bytes encode(self, object message)
