# SPDX-License-Identifier: GPL-2.0-or-later
# 32-bit big-endian PowerPC by Debian's cross compiler: static programs, of which
# nothing but the kernel has to be on the machine.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ppc)
set(CMAKE_C_COMPILER powerpc-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER powerpc-linux-gnu-g++)

# Where the libraries are; they are built when there are none yet.
if(NOT MEMLANE_CROSS_PREFIX)
    execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../scripts/cross-libraries
        OUTPUT_VARIABLE MEMLANE_CROSS_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE
        COMMAND_ERROR_IS_FATAL ANY)
endif()
# This file is read once more for each program that is tried.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MEMLANE_CROSS_PREFIX)

# There, and not among the libraries of the machine that builds.
set(CMAKE_FIND_ROOT_PATH ${MEMLANE_CROSS_PREFIX} /usr/powerpc-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${MEMLANE_CROSS_PREFIX}/lib/pkgconfig)
set(PKG_CONFIG_ARGN --static)

# The linker takes of a library what is called. Without -fno-pie, which is not what
# Debian's compiler does, each address would be looked up in a table.
set(flags "-fno-pie -ffunction-sections -fdata-sections")
set(CMAKE_C_FLAGS_INIT ${flags})
set(CMAKE_CXX_FLAGS_INIT ${flags})
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-static -no-pie -Wl,--gc-sections -L${MEMLANE_CROSS_PREFIX}/lib")
set(CMAKE_SKIP_RPATH ON)
