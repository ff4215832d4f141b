# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # tree comes from common.sh
# Running a program of bench/ in a guest of its own.

readonly programs=$tree/build/release/bench
readonly out=$tree/build/bench
# No console in the screen, which would draw while it is measured.
readonly reserve=(--memory 4G --append 'memmap=256M$0x80000000 fbcon=map:9')

# measure PROGRAM [GUEST OPTION]...: its results go to build/bench/PROGRAM.json
measure() {
    local program=$1
    shift
    warn "$program..."
    "$tree/scripts/vm" "${reserve[@]}" --share "$out" --timeout 600 "$@" -- \
        "$programs/$program" --benchmark_out="$out/$program.json" \
        --benchmark_out_format=json >"$out/$program.txt" 2>&1 ||
        { cat "$out/$program.txt" >&2 && die 1 "$program failed"; }
}
