# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the guest boots from, cached: a kernel image and an initramfs that knows
# how to reach the host's root. All other modules come from there.

readonly initramfs_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay)

# Sets boot_cache to a directory that holds vmlinux and initramfs.cpio.
prepare_boot_files() {
    local key
    key=$(cat "$tree/scripts/lib/vm-initramfs.sh" "$tree/scripts/lib/vm-kernel.sh" \
        "$tree/scripts/lib/guest-init.sh" | sha256sum | cut -c 1-12)
    key+=-$(stat -L -c %Y "$kernel_image" "$kernel_modules/modules.dep" |
        sha256sum | cut -c 1-12)
    boot_cache=$vm_dir/boot-$kernel_version-$key
    [[ -d $boot_cache ]] || make_boot_files
}

make_boot_files() {
    local work
    rm -rf "$vm_dir/boot-$kernel_version"-*
    work=$(mktemp -d "$vm_dir/making-boot.XXXXXX")
    unpack_packaged_kernel "$work/vmlinux" || cp "$kernel_image" "$work/vmlinux"
    make_initramfs "$work"
    # Two scripts/vm may get here at once: the first wins, both are alike.
    mv -T "$work" "$boot_cache" 2>/dev/null || rm -rf "$work"
}

make_initramfs() {
    local root=$1/root busybox
    mkdir "$root"
    find_programs "$root"
    mkdir -p "$root"/{bin,dev,host,modules,proc,root,sys,tmp}
    cp "$busybox" "$root/bin/busybox"
    cp "$tree/scripts/lib/guest-init.sh" "$root/init"
    chmod +x "$root/init"
    copy_modules "$root/modules"
    (cd "$root" && find . | cpio --create --format=newc --owner=0:0 --quiet) \
        >"$1/initramfs.cpio"
    rm -rf "$root"
}

# find_programs ROOT: sets busybox; for another architecture, a shell and what it
# needs to ROOT/programs
find_programs() {
    local prefix
    if [[ $kernel_architecture == powerpc ]]; then
        prefix=$("$tree/scripts/guest-programs") || exit
        cp -r "$prefix/programs" "$1/"
        busybox=$prefix/busybox
    else
        busybox=$(command -v busybox) || die 70 'busybox is missing: run scripts/setup'
    fi
}

# Numbered, so that loading them in name order meets their dependencies.
copy_modules() {
    local module number=100
    while read -r _ module _; do
        case $module in
            *.xz) xz -dc "$module" >"$1/$number.ko" ;;
            *.zst) zstd -dcq "$module" >"$1/$number.ko" ;;
            *) cp "$module" "$1/$number.ko" ;;
        esac
        number=$((number + 1))
    done < <(PATH=$PATH:/usr/sbin:/sbin modprobe --show-depends --set-version "$kernel_version" \
        --dirname "${kernel_modules%/lib/modules/*}/" --all "${initramfs_modules[@]}" |
        grep '^insmod ' | awk '!seen[$0]++')
}
