# SPDX-License-Identifier: GPL-2.0-or-later
# The tests for a machine that has no libraries, each on its own:
#   guest_tests  the driver's, for a guest with its kernel
#   cross_tests  those of bytes' order and of sizes, for an emulator of its CPU

memlane_googletest(memlane_gtest)
memlane_test_support(memlane_testing)
target_link_libraries(memlane_testing PUBLIC memlane_gtest)

# memlane_listed_tests(LIST SUITE LIBRARY...): a target of that name for its programs
function(memlane_listed_tests list suite)
    add_custom_target(${list})
    foreach(name IN LISTS ${list})
        memlane_test_program(${suite} ${suite}/${name}.cpp ${ARGN})
        add_dependencies(${list} ${suite}_${name})
    endforeach()
endfunction()

# Not client_test, which needs QEMU's edu device: on ppce500 the kernel refuses a device
# whose DMA reaches 32 bits only (EIO). Not create_reserved_test: without ZONE_DEVICE there
# are the ranges of the device tree, see vm/powerpc. Not create_large_test, for which 512
# MiB are little. Not console_test: there nothing is drawn, and we do not know yet why.
set(guest_tests
    create_test
    framebuffer_test
    heir_test
    huge_mapping_test
    ioctl_test
    lifetime_test
    node_test
    raw_disk_test
    ring_test
    samples_test
    sync_test
    transfer_test)
memlane_listed_tests(guest_tests uapi memlane_testing)
add_dependencies(guest_tests all_samples)

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
memlane_listed_tests(cross_tests unit memlane_testing memlane_private)
memlane_recording_corpus()
