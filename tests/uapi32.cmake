# SPDX-License-Identifier: GPL-2.0-or-later
# The uAPI suite once more as 32-bit programs, against the 64-bit kernel.
# GoogleTest is built from its sources: no package has it for 32 bits.

# clang-tidy need not see the same sources twice.
set(CMAKE_EXPORT_COMPILE_COMMANDS OFF)

set(googletest_dir /usr/src/googletest/googletest CACHE PATH "GoogleTest's sources")

add_library(memlane_gtest32 STATIC ${googletest_dir}/src/gtest-all.cc)
target_include_directories(memlane_gtest32
    SYSTEM PUBLIC ${googletest_dir}/include
    PRIVATE ${googletest_dir})
target_compile_options(memlane_gtest32 PUBLIC -m32)
target_link_options(memlane_gtest32 PUBLIC -m32)

memlane_test_support(memlane_testing32)
target_link_libraries(memlane_testing32 PUBLIC memlane_gtest32)

memlane_test_suite(uapi32 uapi memlane_testing32)
