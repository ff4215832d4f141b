# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # the results are read by the other pieces
# From the name of a kernel to its files.

# Sets kernel_version and kernel_image.
find_kernel() {
    local newest
    newest=$(printf '%s\n' "/boot/vmlinuz-$1" /boot/vmlinuz-"$1"[.-]* | sort -V | tail -n 1)
    [[ -r $newest ]] ||
        die 2 "no kernel '$1' in /boot (scripts/setup installs linux-image-amd64)"
    kernel_image=$newest
    kernel_version=${newest#/boot/vmlinuz-}
}

# bytes FILE OFFSET COUNT: a little-endian number
bytes() {
    od -An --endian=little -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
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
