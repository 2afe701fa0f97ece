"""A quick look at JSON that finds most of it to be strict; the rest is for `_strict_json`."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.string cimport memcmp

cdef enum:
    MAX_DEPTH = 64
    MAX_NAMES = 64  # open at a time
    MAX_NUMBER = 64
    MAX_STRING = 1048576

# What may come next.
cdef enum:
    VALUE
    VALUE_OR_END  # of an array that has just begun
    NAME
    NAME_OR_END  # of an object that has just begun
    COMMA_OR_END
    NOTHING

cdef struct Name:
    const unsigned char* start
    Py_ssize_t size


cdef inline bint is_digit(unsigned char sign) noexcept nogil:
    return 48 <= sign <= 57


# What ends the quick run through a string: a quote, a backslash, control characters, non-ASCII.
cdef unsigned char SPECIAL[256]
cdef int _sign
for _sign in range(256):
    SPECIAL[_sign] = _sign < 32 or _sign >= 128 or _sign == 34 or _sign == 92


cdef inline const unsigned char* after_string(
    const unsigned char* at, const unsigned char* end, bint* plain, bint* ascii
) noexcept nogil:
    """Return what is behind a string whose first character is at `at`; NULL if not known."""
    cdef const unsigned char* start = at
    cdef unsigned char sign
    while True:
        while at < end and not SPECIAL[at[0]]:
            at += 1
        if at >= end:
            return NULL
        sign = at[0]
        if sign == 34:  # the closing quote
            return at + 1 if at - start <= MAX_STRING else NULL
        if sign < 32:
            return NULL
        if sign >= 128:
            ascii[0] = False
        else:  # a backslash
            plain[0] = False
            at += 1
            if at >= end:
                return NULL
            sign = at[0]
            # \u may be half of a surrogate pair.
            if not (sign == 34 or sign == 92 or sign == 47 or sign == 98 or sign == 102
                    or sign == 110 or sign == 114 or sign == 116):
                return NULL
        at += 1


cdef inline const unsigned char* after_number(
    const unsigned char* at, const unsigned char* end
) noexcept nogil:
    """Return what is behind a number; NULL if it is none, or may be too large."""
    cdef const unsigned char* start = at
    cdef Py_ssize_t digits = 0
    if at[0] == 45:  # -
        at += 1
    if at >= end or not is_digit(at[0]):
        return NULL
    if at[0] == 48:
        at += 1
    else:
        while at < end and is_digit(at[0]):
            at += 1
    if at < end and at[0] == 46:  # .
        at += 1
        if at >= end or not is_digit(at[0]):
            return NULL
        while at < end and is_digit(at[0]):
            at += 1
    if at < end and (at[0] | 32) == 101:  # e
        at += 1
        if at < end and (at[0] == 43 or at[0] == 45):
            at += 1
        while at < end and is_digit(at[0]):
            at += 1
            digits += 1
        if digits == 0 or digits > 2:
            return NULL
    return at if at - start <= MAX_NUMBER else NULL


cdef bint scan(const unsigned char* at, const unsigned char* end, bint* ascii) noexcept nogil:
    cdef unsigned char stack[MAX_DEPTH]  # { or [
    cdef int first_name[MAX_DEPTH]  # of the names, that of the object at each depth
    cdef Name names[MAX_NAMES]
    cdef int count = 0  # of the names
    cdef int depth = 0
    cdef int expected = VALUE
    cdef int index
    cdef bint plain
    cdef unsigned char sign
    cdef const unsigned char* behind
    while at < end:
        sign = at[0]
        if sign == 32 or sign == 10 or sign == 13 or sign == 9:
            at += 1
            continue
        if expected == NAME or expected == NAME_OR_END:
            if sign == 125 and expected == NAME_OR_END:  # }
                at += 1
                depth -= 1
                count = first_name[depth]
                expected = COMMA_OR_END if depth else NOTHING
                continue
            if sign != 34 or count == MAX_NAMES:
                return False
            plain = True
            behind = after_string(at + 1, end, &plain, ascii)
            # Another spelling of a name may be the same name.
            if behind == NULL or not plain:
                return False
            names[count].start = at + 1
            names[count].size = behind - at - 2
            for index in range(first_name[depth - 1], count):
                if names[index].size == names[count].size and not memcmp(
                    names[index].start, names[count].start, names[count].size
                ):
                    return False
            count += 1
            at = behind
            while at < end and (at[0] == 32 or at[0] == 10 or at[0] == 13 or at[0] == 9):
                at += 1
            if at >= end or at[0] != 58:  # :
                return False
            at += 1
            expected = VALUE
            continue
        if expected == COMMA_OR_END:
            at += 1
            if sign == 44:  # ,
                expected = NAME if stack[depth - 1] == 123 else VALUE
                continue
            # { and }, as [ and ], are two apart.
            if sign != stack[depth - 1] + 2:
                return False
            depth -= 1
            if sign == 125:
                count = first_name[depth]
            expected = COMMA_OR_END if depth else NOTHING
            continue
        if expected == NOTHING:
            return False
        if sign == 123 or sign == 91:  # { or [
            if depth == MAX_DEPTH:
                return False
            stack[depth] = sign
            first_name[depth] = count
            depth += 1
            expected = NAME_OR_END if sign == 123 else VALUE_OR_END
            at += 1
            continue
        if sign == 93 and expected == VALUE_OR_END:  # ]
            at += 1
            depth -= 1
            expected = COMMA_OR_END if depth else NOTHING
            continue
        if sign == 34:
            plain = True
            at = after_string(at + 1, end, &plain, ascii)
            if at == NULL:
                return False
        elif sign == 45 or is_digit(sign):
            at = after_number(at, end)
            if at == NULL:
                return False
        elif sign == 116 and end - at >= 4 and not memcmp(at, b"true", 4):
            at += 4
        elif sign == 110 and end - at >= 4 and not memcmp(at, b"null", 4):
            at += 4
        elif sign == 102 and end - at >= 5 and not memcmp(at, b"false", 5):
            at += 5
        else:
            return False
        expected = COMMA_OR_END if depth else NOTHING
    return expected == NOTHING


def is_surely_strict(bytes body not None):
    """Return True for a body that is strict JSON; False if it is not, or takes a longer look."""
    cdef const unsigned char* start = <const unsigned char*> PyBytes_AS_STRING(body)
    cdef bint ascii = True
    if not scan(start, start + PyBytes_GET_SIZE(body), &ascii):
        return False
    if not ascii:
        try:
            body.decode()
        except UnicodeDecodeError:
            return False
    return True
