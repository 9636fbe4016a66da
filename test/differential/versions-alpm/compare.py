"""Orders pairs of versions, a line each and parted by a tab, as libalpm does: `=<`, `=>` or `==`."""

import ctypes
import ctypes.util
import sys

compare = ctypes.CDLL(ctypes.util.find_library("alpm")).alpm_pkg_vercmp
for line in sys.stdin.buffer:
    a, b = line.rstrip(b"\n").split(b"\t", 1)
    order = compare(a, b)
    print("=" + ("<" if order < 0 else ">" if order > 0 else "="))
