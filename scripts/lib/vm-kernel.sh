# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # the results are read by the other pieces
# From the name of a kernel to its files.

# find_kernel NAME|VERSION: sets kernel_version, kernel_image, kernel_architecture,
# kernel_machine, kernel_argument, kernel_modules, the folder of its modules, and
# program_preset, whose programs run under it.
find_kernel() {
    kernel_architecture=$(kernel_field "$1" 2) || kernel_architecture=x86_64
    kernel_machine=$(kernel_field "$1" 3) || kernel_machine=pc
    kernel_argument=$(kernel_field "$1" 5) || kernel_argument=''
    if [[ $(kernel_field "$1" 4) == source-* ]]; then
        find_built_kernel "$1"
    else
        find_packaged_kernel "$1"
    fi
    program_preset=release
    [[ $kernel_architecture != powerpc ]] || program_preset=ppc
    kernel_modules=$(modules_of "$kernel_version") ||
        die 70 "no modules for $kernel_version in /lib/modules"
}

find_built_kernel() {
    local directory
    directory=$(kernel_directory "$1") || exit
    [[ -f $directory/complete ]] || die 2 "kernel $1 is not built: run scripts/kernel $1"
    kernel_image=$directory/image
    kernel_version=$(<"$directory/version")
}

find_packaged_kernel() {
    local newest
    newest=$(printf '%s\n' "/boot/vmlinuz-$1" /boot/vmlinuz-"$1"[.-]* | sort -V | tail -n 1)
    [[ -r $newest ]] ||
        die 2 "no kernel '$1' in /boot (scripts/setup installs 6.1, --matrix more)"
    kernel_image=$newest
    kernel_version=${newest#/boot/vmlinuz-}
}

# bytes FILE OFFSET COUNT: a little-endian number
bytes() {
    od -An --endian=little -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# unpack_packaged_kernel ELF: only Debian's starts unpacked (CONFIG_PVH)
unpack_packaged_kernel() {
    [[ $kernel_image == /boot/* ]] && unpack_kernel "$kernel_image" "$1"
}

# unpack_kernel BZIMAGE ELF: unpacking here saves the guest 3 of 5 seconds of boot.
# The offsets are those of the setup header, Documentation/x86/boot.rst.
unpack_kernel() {
    local sectors offset length unpacker
    sectors=$(bytes "$1" $((0x1f1)) 1)
    offset=$(bytes "$1" $((0x248)) 4)
    length=$(bytes "$1" $((0x24c)) 4)
    offset=$(((sectors + 1) * 512 + offset))
    case $(od -An -t x1 -j "$offset" -N 4 "$1") in
        ' fd 37 7a 58') unpacker=xz ;;
        ' 1f 8b'*) unpacker=gzip ;;
        ' 28 b5 2f fd') unpacker=zstd ;;
        *) return 1 ;;
    esac
    # The payload ends with its unpacked size, 4 bytes that are not the unpacker's.
    dd if="$1" bs=64K iflag=skip_bytes,count_bytes skip="$offset" count=$((length - 4)) \
        status=none | "$unpacker" -dc >"$2"
}
