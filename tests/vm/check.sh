# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # directory is set by who sources this
# Checks of the command that are a script, because they run where GoogleTest's programs
# cannot, or on two machines. Output goes to $directory, which the guest shares.

passed=0
failed=0

# check WHAT COMMAND...
check() {
    if "${@:2}" >"$directory/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n' "$1"
        cat "$directory/output"
    fi
}

# tells TEXT COMMAND...: whether its output has TEXT, whatever it returns
tells() {
    local output
    output=$("${@:2}" 2>&1)
    printf '%s\n' "$output"
    [[ $output == *"$1"* ]]
}

# boot KERNEL OPTION...: this script once more, in a guest; its counts come back. A status
# above 1 is the guest's own: it died, or its kernel logged a warning.
boot() {
    local status
    scripts/vm --kernel "$1" --no-build --share "$directory" --timeout 300 "${@:2}" \
        -- "$0" "$directory" </dev/null
    status=$?
    read -r passed failed <"$directory/checks" || failed=1
    ((status <= 1)) || check "the guest ends with status $status" false
}

# finish: tells the counts, to whoever booted the guest too
finish() {
    printf '%d %d\n' "$passed" "$failed" >"$directory/checks"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}
