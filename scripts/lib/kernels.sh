# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # the results are read by who sources this
# The kernels of tests/vm/kernels.conf, and where those that are built here lie:
# outside the tree, by version and configuration, so that `make clean` and other
# trees do not cost a quarter of an hour each.

readonly kernels_conf=$tree/tests/vm/kernels.conf
readonly kernel_cache=${MEMLANE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/memlane}

kernel_names() {
    awk '!/^#/ && NF { print $1 }' "$kernels_conf"
}

# kernel_field NAME NUMBER: a column of its line; fails if there is no such line
kernel_field() {
    awk -v name="$1" -v field="$2" \
        '$1 == name { print $field; found = 1 } END { exit !found }' "$kernels_conf"
}

# kbuild_arguments ARCHITECTURE: what make needs for its kernel and modules, a line each
kbuild_arguments() {
    case $1 in
        x86_64) printf 'ARCH=x86_64\n' ;;
        powerpc) printf '%s\n' ARCH=powerpc CROSS_COMPILE=powerpc-linux-gnu- ;;
        *) die 1 "no way to build for $1" ;;
    esac
}

# source_version SERIES: the package's, e.g. 6.1.192-2
source_version() {
    dpkg-query --show --showformat '${Version}' "linux-source-$1" 2>/dev/null ||
        die 1 "linux-source-$1 is missing: run scripts/setup --matrix"
}

# kernel_fragment NAME: its configuration, the later line counts; after the one that it
# says to be on top of
kernel_fragment() {
    local fragment=$tree/tests/vm/kernels/$1.config base
    base=$(sed -n 's/^# On top of \([a-z0-9]*\)\.config:.*/\1/p' "$fragment")
    [[ ! $base ]] || kernel_fragment "$base"
    cat "$fragment"
}

# kernel_directory NAME: where a kernel of our own is, or will be
kernel_directory() {
    local name=$1 series key
    series=$(kernel_field "$name" 4)
    series=${series#source-}
    key=$(kernel_fragment "$name" | sha256sum | cut -c 1-12)
    printf '%s/kernel-%s-%s-%s\n' "$kernel_cache" "$name" "$(source_version "$series")" "$key"
}

# modules_of VERSION: the folder /lib/modules/VERSION, wherever it is; or nothing
modules_of() {
    local folder
    for folder in "/lib/modules/$1" "$kernel_cache"/kernel-*/root/lib/modules/"$1"; do
        if [[ -d $folder ]]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}
