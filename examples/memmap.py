#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: memmap.py PATH

A region from Python: PATH is /dev/memlane/NAME, or any other file. Tells the
mean of its bytes, then counts up in the first half and stripes the second.
"""
import sys

import numpy

if len(sys.argv) != 2:
    sys.exit(__doc__)

# The device node knows its size, so that numpy needs no shape.
memory = numpy.memmap(sys.argv[1], dtype=numpy.uint8, mode="r+")
print(f"{memory.size} bytes, mean {memory.mean():.2f}")

half = memory.size // 2
memory[:half] = numpy.resize(numpy.arange(256, dtype=numpy.uint8), half)
memory[half::2] = 10
memory[half + 1 :: 2] = 20
memory.flush()  # for files; behind a region's memory there is nothing
print(f"filled, mean {memory.mean():.2f}")
