# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Messages and sizes, for every script of this tree.

# shellcheck disable=SC2034 # read by the scripts that source this file
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

warn() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die STATUS MESSAGE...
die() {
    local status=$1
    shift
    warn "$@"
    exit "$status"
}

# 64M -> 67108864; fails on anything that is not a positive size.
parse_size() {
    [[ $1 =~ ^([1-9][0-9]{0,15})([KMGkmg]?)$ ]] || return 1
    local -A shifts=([K]=10 [M]=20 [G]=30)
    local suffix=${BASH_REMATCH[2]^^}
    local shift=${shifts[${suffix:-none}]:-0}
    local bytes=$((BASH_REMATCH[1] << shift))
    ((bytes >> shift == BASH_REMATCH[1])) || return 1
    printf '%d\n' "$bytes"
}
