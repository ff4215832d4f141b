# SPDX-License-Identifier: GPL-2.0-or-later
# The uAPI suite once more as 32-bit programs, against the 64-bit kernel.

# clang-tidy need not see the same sources twice.
set(CMAKE_EXPORT_COMPILE_COMMANDS OFF)

memlane_googletest(memlane_gtest32)
# <asm/...> of both word sizes is where the 64-bit compiler looks.
target_compile_options(memlane_gtest32 PUBLIC
    -m32 -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
target_link_options(memlane_gtest32 PUBLIC -m32)

memlane_test_support(memlane_testing32)
target_link_libraries(memlane_testing32 PUBLIC memlane_gtest32)

memlane_test_suite(uapi32 uapi memlane_testing32)
