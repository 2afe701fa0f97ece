# C types of `_packets_py.py`, for the build of it that is called `_packets_c`.
import cython

cdef int _FORMAT_INDICATOR
cdef int _MESSAGE_EXPIRY
cdef int _CONTENT_TYPE
cdef int _RESPONSE_TOPIC
cdef int _CORRELATION
cdef int _SUBSCRIPTION
cdef int _TOPIC_ALIAS
cdef int _USER_PROPERTY
cdef Py_ssize_t _MAX_LENGTH

cdef class PublishPacket:
    cdef public str topic
    cdef public bytes payload
    cdef public int qos
    cdef public int mid
    cdef public bint retain
    cdef public bint duplicate
    cdef public str content_type
    cdef public str response_topic
    cdef public bytes correlation
    cdef public tuple identifiers
    cdef public tuple user
    cdef public bint is_text
    cdef public object expiry


cdef class PacketSplitter:
    cdef public int command
    cdef bytes _data
    cdef Py_ssize_t _position
    cdef list _pieces
    cdef Py_ssize_t _missing

    cpdef feed(self, bytes data)
    @cython.locals(
        data=bytes, size=Py_ssize_t, at=Py_ssize_t, length=Py_ssize_t, end=Py_ssize_t, shift=int,
        byte=int,
    )
    cpdef bytes next(self)


@cython.locals(
    size=Py_ssize_t, qos=int, end=Py_ssize_t, mid=int, found=PublishPacket, length=Py_ssize_t,
    start=Py_ssize_t,
)
cpdef PublishPacket read_publish(int command, bytes packet, bint with_properties)

@cython.locals(
    user=list, identifiers=list, seen=cython.ulonglong, kind=int,
)
cdef _read_properties(PublishPacket found, bytes data, Py_ssize_t at, Py_ssize_t end)

cdef Py_ssize_t _read_single(
    PublishPacket found, int kind, bytes data, Py_ssize_t at, Py_ssize_t end
) except -1

cdef Py_ssize_t _skip(Py_ssize_t at, Py_ssize_t size, Py_ssize_t end) except -1

@cython.locals(value=Py_ssize_t, shift=int, byte=int)
cdef tuple _variable(bytes data, Py_ssize_t at, Py_ssize_t end)

@cython.locals(start=Py_ssize_t, stop=Py_ssize_t)
cdef tuple _binary(bytes data, Py_ssize_t at, Py_ssize_t end)

@cython.locals(value=bytes)
cdef tuple _text(bytes data, Py_ssize_t at, Py_ssize_t end)

@cython.locals(name=bytes, head=bytes, size=Py_ssize_t)
cpdef bytes pack_publish(
    str topic, bytes payload, int qos, bint retain, bint duplicate, int mid, bytes properties
)

@cython.locals(name=str, value=str, packed=bytearray)
cpdef bytes pack_properties(
    str content_type, object expiry, bint is_text, str response_topic, bytes correlation, tuple user
)

cpdef bytes pack_answer(int command, int mid)

@cython.locals(size=Py_ssize_t)
cdef _pack(bytearray packed, bytes value)
cdef bytes _short(Py_ssize_t number)
cdef bytes _head(int command, Py_ssize_t size)
@cython.locals(byte=int, parts=bytearray)
cdef bytes _number(Py_ssize_t value)
