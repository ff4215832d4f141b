#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: module.sh SOURCES DIRECTORY KERNEL_VERSION [MAKE_ARGUMENT]...
# Builds the module of the tree's folder SOURCES in DIRECTORY, which gets links to
# the sources, so that Kbuild writes nothing into the tree and one tree serves
# several kernels.
set -euo pipefail

# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=kernels.sh
. "$tree/scripts/lib/kernels.sh"

sources=$tree/$1
directory=$2
kernel=$3
shift 3

headers=$(modules_of "$kernel")/build || true
[[ -d $headers ]] ||
    die 1 "no headers for kernel $kernel (scripts/setup installs linux-headers-amd64)"
architecture=x86_64
if grep -q -x 'CONFIG_PPC=y' "$headers/.config"; then
    architecture=powerpc
fi
mapfile -t for_architecture < <(kbuild_arguments "$architecture")
mkdir -p "$directory"
# A source that is gone must not be built from its old link.
find "$directory" -maxdepth 1 -type l -delete
ln -s "$sources"/* "$tree/include" "$directory"
# No BTF: the headers lack the vmlinux it takes.
make -s -C "$headers" "${for_architecture[@]}" M="$directory" W=1 KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules
# Kbuild leaves an unchanged result alone; make must see that it was looked at.
touch "$directory"/*.ko
