#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: module.sh DIRECTORY KERNEL_VERSION [MAKE_ARGUMENT]...
# Builds memlane.ko in DIRECTORY, which gets links to the sources, so that Kbuild
# writes nothing into the tree and one tree serves several kernels.
set -euo pipefail

# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

directory=$1
kernel=$2
shift 2
headers=/lib/modules/$kernel/build

[[ -d $headers ]] || die 1 "no headers for kernel $kernel (scripts/setup installs linux-headers-amd64)"
mkdir -p "$directory"
# A source that is gone must not be built from its old link.
find "$directory" -maxdepth 1 -type l -delete
ln -s "$tree"/module/* "$tree/include" "$directory"
# No BTF: the headers lack the vmlinux it takes.
make -s -C "$headers" M="$directory" W=1 KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules
# Kbuild leaves an unchanged result alone; make must see that it was looked at.
touch "$directory/memlane.ko"
