# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # tree comes from common.sh
# Running a program of bench/ in a guest of its own.

readonly programs=$tree/build/release/bench
# What is measured: JSON, a report and plots.
readonly out=$tree/bench/results
# The same kind of memory three times: for regions, for /dev/mem (which shares nothing with
# a driver) and for device-dax. No console in a screen, which would draw while it is measured.
readonly memory=('memmap=256M$0x80000000' 'memmap=256M$0x90000000' 'memmap=256M!0xa0000000'
    'fbcon=map:9')

# in_guest NAME [GUEST OPTION]... -- PROGRAM [ARGUMENT]...: NAME for the log, bench/results/NAME.txt
in_guest() {
    local name=$1
    shift
    warn "$name..."
    "$tree/scripts/vm" --memory 4G --append "${memory[*]}" --share "$out" --timeout 900 "$@" \
        >"$out/$name.txt" 2>&1 || { cat "$out/$name.txt" >&2 && die 1 "$name failed"; }
}
