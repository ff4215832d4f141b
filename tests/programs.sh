# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Running test programs and counting, on the host and in the guest alike. A
# program's counts go to build/test-results, as NAME.count: "PASSED FAILED".

# shellcheck disable=SC2154 # tree comes from common.sh
results=${MEMLANE_RESULTS:-$tree/build/test-results}
# shellcheck disable=SC2034 # the lists are for those who source this
readonly host_suites=(release/unit asan/unit release/install release/power)
# shellcheck disable=SC2034
readonly guest_suites=(release/uapi release/uapi32 release/lib release/cli release/vm)

# programs SUITE...: the test programs of build/PRESET/tests/SUITE
programs() {
    local suite directory
    for suite; do
        directory=build/${suite%%/*}/tests/${suite#*/}
        [[ ! -d $directory ]] || find "$directory" -maxdepth 1 -type f -executable | sort
    done
}

# result_file PROGRAM SUFFIX
result_file() {
    local name=${1#build/}
    printf '%s/%s.%s\n' "$results" "${name//\//-}" "$2"
}

# field JSON NAME: a number of the whole run, from GoogleTest's report
field() {
    sed -n "s/^  \"$2\": \([0-9]*\),\$/\1/p" "$1"
}

# count JSON STATUS: "PASSED FAILED"; no report is a crash, no test a failure.
count() {
    local tests=0 failed=0 skipped=0
    if [[ -s $1 ]]; then
        tests=$(field "$1" tests)
        failed=$(field "$1" failures)
        skipped=$(grep -c '"result": "SKIPPED"' "$1")
    fi
    if ((failed == 0)) && ((tests == 0 || $2 != 0)); then
        printf '0 1\n'
    else
        printf '%d %d\n' $((tests - failed - skipped)) "$failed"
    fi
}

# add_counts FILE WHAT: adds "PASSED FAILED" to passed and failed. What has left no count
# died, or the guest did.
add_counts() {
    local counted_passed counted_failed
    if read -r counted_passed counted_failed 2>/dev/null <"$1"; then
        passed=$((passed + counted_passed))
        failed=$((failed + counted_failed))
    else
        warn "$2: no result"
        failed=$((failed + 1))
    fi
}

# add_up SUITE...: the counts of their programs
add_up() {
    local program
    while read -r program; do
        add_counts "$(result_file "$program" count)" "$program"
    done < <(programs "$@")
}

# run_program PROGRAM: fails if one of its tests does.
run_program() {
    local json status counts
    json=$(result_file "$1" json)
    printf '\n== %s\n' "$1"
    timeout -k 10 "${MEMLANE_PROGRAM_SECONDS:-600}" "$1" --gtest_color=no \
        --gtest_output="json:$json" </dev/null
    status=$?
    ((status == 0)) || printf '%s: exit status %d\n' "$1" "$status"
    counts=$(count "$json" "$status")
    printf '%s\n' "$counts" >"$(result_file "$1" count)"
    [[ ${counts#* } == 0 ]]
}

# run_programs SUITE...: all of them, whatever the first ones do
run_programs() {
    local program result=0
    while read -r program; do
        run_program "$program" || result=1
    done < <(programs "$@")
    return "$result"
}
