"""Makes glibc return to the system what requests needed for a moment."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KB = 1024
_OPTIONS = {_M_ARENA_MAX: 1, _M_MMAP_THRESHOLD: 256 * _KB, _M_TRIM_THRESHOLD: 1024 * _KB}


def return_memory() -> None:
    """Set how glibc allocates, before the first thread starts. Does nothing with another C library.

    By default every thread gets an arena of its own, and once a buffer of 8 MB was freed, the next ones come
    out of these arenas: between them remain small pieces that are still used, so that nothing returns. Here
    all threads share one arena, which costs nothing as they take turns at the interpreter, and buffers of
    256 kB and more are mappings of their own.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in _OPTIONS.items():
            mallopt(option, value)
