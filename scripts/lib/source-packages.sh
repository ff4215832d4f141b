# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Building Debian's source packages for PowerPC, of which Debian 12 has no binary
# ones. Who sources this has the array packages, and a function build_NAME for each,
# which installs to $prefix.

readonly triplet=powerpc-linux-gnu
# Small, and in pieces of which the linker takes what is called.
readonly flags='-Os -fno-pie -ffunction-sections -fdata-sections'

# source_key FILE...: changes with the files, with this one and with the packages
source_key() {
    local sources
    sources=$(apt-get source -q --print-uris "${packages[@]}" 2>/dev/null |
        sed -n "s/^'[^']*' //p")
    [[ $sources ]] || die 1 'apt knows no sources: run scripts/setup --cross'
    cat "$@" "${BASH_SOURCE[0]}" - <<<"$sources" | sha256sum | cut -c 1-12
}

# fail_by LOG MESSAGE
fail_by() {
    tail -n 30 "$1" >&2
    die 1 "$2; the log is $1"
}

# fetch_source NAME: the newest, or the one before it where a mirror does not have yet
# what its index promises
fetch_source() {
    local version versions
    mapfile -t versions < <(apt-cache showsrc "$1" | sed -n 's/^Version: //p' | sort -V -r -u)
    for version in "${versions[@]}"; do
        # apt checks it by the distribution's signature.
        ! apt-get source -q --download-only "$1=$version" || return 0
        rm -f "$1"_*
    done
    return 1
}

download() {
    local log=$prefix/log/download name
    for name in "${packages[@]}"; do
        (cd "$work" && fetch_source "$name") >>"$log" 2>&1 ||
            fail_by "$log" "the source of $name was not downloaded"
    done
}

unpack_and_build() {
    cd "$work" && dpkg-source --no-check --extract "$1"_*.dsc "$1" && cd "$1" && "build_$1"
}

# build_package NAME
build_package() {
    local log=$prefix/log/$1
    warn "building $1"
    (unpack_and_build "$1") >"$log" 2>&1 </dev/null || fail_by "$log" "$1 was not built"
}

# build_packages COMMAND: all of them to $prefix, anew, COMMAND first
build_packages() {
    local work=$prefix/work name
    rm -rf "$prefix"
    mkdir -p "$work" "$prefix/log"
    download
    "$1"
    for name in "${packages[@]}"; do
        build_package "$name"
    done
    rm -rf "$work"
    touch "$prefix/complete"
}

# provide_packages STEM REBUILD COMMAND FILE...: prints where they are, built if they
# are not there yet, or if REBUILD is true; COMMAND first. The FILEs decide on how.
provide_packages() {
    local prefix lock
    prefix=$kernel_cache/$1-$(source_key "${@:4}")
    mkdir -p "$kernel_cache"
    # One at a time: two would build the same.
    exec {lock}>"$kernel_cache/$1.lock"
    flock "$lock"
    [[ -f $prefix/complete && $2 == false ]] || build_packages "$3"
    printf '%s\n' "$prefix"
}
