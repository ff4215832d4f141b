# SPDX-License-Identifier: GPL-2.0-or-later
# The tests for a machine that has no libraries, each on its own:
#   guest_tests  the driver's, for a guest with its kernel
#   cross_tests  those of bytes' order and of sizes, for an emulator of its CPU

memlane_googletest(memlane_gtest)
memlane_test_support(memlane_testing)
target_link_libraries(memlane_testing PUBLIC memlane_gtest)

memlane_test_suite(uapi uapi memlane_testing)
add_dependencies(uapi_tests all_samples)
add_custom_target(guest_tests DEPENDS uapi_tests)

# Their sizes are 64 bits wide, and far from that.
target_compile_options(memlane_private INTERFACE -Wno-conversion -Wno-sign-conversion)
# Not those that need of an emulator what qemu-ppc-static 7.2 lacks: what statx(2)
# tells of direct I/O, a new process of the same machine, and the way in which
# libm's sin() asks for the rounding mode.
set(cross_tests
    checksum_test
    device_copy_test
    frame_content_test
    frame_stamp_test
    hexdump_test
    picture_test
    pixel_test
    png_test
    recording_check_test
    recording_corpus_test
    recording_format_test
    recording_repair_test
    units_test
    window_map_test)
add_custom_target(cross_tests)
foreach(name IN LISTS cross_tests)
    memlane_test_program(unit unit/${name}.cpp memlane_testing memlane_private)
    add_dependencies(cross_tests unit_${name})
endforeach()
memlane_recording_corpus()
