# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the guest is to do, handed over as a second archive of the initramfs.

# assignment NAME VALUE...: an array, quoted so that bash reads back every byte
assignment() {
    local name=$1
    shift
    printf '%s=(%s)\n' "$name" "${*@Q}"
}

exported_variables() {
    local name
    while read -r name; do
        printf 'export %s=%q\n' "$name" "${!name}"
    done < <(compgen -e | grep -E '^(MEMLANE_.*|CI|TERM)$')
}

job_variables() {
    local module='' buses=(virtio)
    [[ $with_module == false ]] || module=$tree/build/module/$kernel_version/memlane.ko
    ((${#devices[@]} + ${#nvme_sizes[@]} == 0)) || buses+=(pci)
    printf 'job_tree=%q\n' "$tree"
    printf 'job_programs=%q\n' "$tree/build/$program_preset"
    printf 'job_module=%q\n' "$module"
    assignment job_buses "${buses[@]}"
    assignment job_shares "${shares[@]}"
    assignment job_command "${command[@]}"
    if ((${#command[@]} == 0)); then
        printf 'job_terminal_size=%q\n' "$(stty size)"
    fi
    exported_variables
}

# write_initrd GUEST_DIR: the cached initramfs and this job in one file
write_initrd() {
    mkdir -p "$1/archive/job"
    job_variables >"$1/archive/job/variables"
    printf '%s' "$tree" >"$1/archive/job/tree"
    printf '%s' "$kernel_modules" >"$1/archive/job/modules"
    {
        cat "$boot_cache/initramfs.cpio"
        (cd "$1/archive" && find . | cpio --create --format=newc --owner=0:0 --quiet)
    } >"$1/initrd"
}
