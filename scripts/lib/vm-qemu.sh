# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# QEMU's command line. Paths are relative to the guest's directory, which QEMU
# runs in, because its options take neither commas nor long socket paths.

readonly base_kernel_args=(
    console=ttyS0
    oops=panic panic=-1
    log_buf_len=4M printk.devkmsg=on
    # Emulation on a busy host is slow without anything being wrong.
    tsc=reliable watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120
    random.trust_cpu=on cryptomgr.notests 8250.nr_uarts=1
)

# Sets qemu_args.
build_qemu_args() {
    local kernel=$boot_cache/vmlinux
    [[ $bios == false ]] || kernel=$kernel_image
    # In a shell the boot messages are only in the way.
    ((${#command[@]})) || kernel_args+=' quiet loglevel=3'
    choose_machine
    qemu_args=(
        -nodefaults -no-user-config -no-reboot -nic none -display none
        "${machine_args[@]}" -m "$((memory >> 20))M" -smp "$cpus"
        -kernel "$kernel" -initrd initrd
        -append "${base_kernel_args[*]} $kernel_argument $kernel_args"
    )
    if [[ $icount == true ]]; then
        qemu_args+=(-accel tcg -icount 'shift=0,sleep=off')
    else
        qemu_args+=(-accel 'tcg,thread=multi')
    fi
    add_console
    add_ports
    add_shares
    add_disks
    add_ivshmems
    local device
    for device in "${devices[@]}"; do
        qemu_args+=(-device "$device")
    done
}

# Sets qemu_program and machine_args, and what the machine and its kernel can have.
choose_machine() {
    qemu_program=qemu-system-ppc
    machine_args=(-machine "$kernel_machine")
    case $kernel_machine in
        pc)
            qemu_program=qemu-system-x86_64
            machine_args+=(-cpu max)
            ;;
        ppce500)
            machine_args+=(-cpu e500v2)
            limit_machine 512
            ;;
        bamboo) limit_machine 256 ;;
    esac
}

# limit_machine MEBIBYTES: a single CPU, with so much memory at most
limit_machine() {
    cpus=1
    ((memory <= $1 << 20)) || memory=$(($1 << 20))
}

# A machine without firmware describes itself by a device tree, which QEMU makes
# for just these arguments. With the overlay it becomes tree.dtb.
make_device_tree() {
    if ! {
        "$qemu_program" "${qemu_args[@]}" -machine dumpdtb=machine.dtb </dev/null >qemu.log 2>&1 &&
            dtc -q -@ -I dts -O dtb -o overlay.dtbo "$overlay" &&
            fdtoverlay -i machine.dtb -o tree.dtb overlay.dtbo
    }; then
        die 70 "the device tree could not be changed by $overlay"
    fi
    # It has opened its ports already.
    rm -f stdout stderr status
}

add_console() {
    if ((${#command[@]})); then
        qemu_args+=(-serial "file:console")
    else
        qemu_args+=(-chardev 'stdio,id=console,mux=on,signal=off,logfile=console'
            -serial chardev:console -mon chardev=console)
    fi
}

# Output goes to plain files: a pipe whose reader is slow would leave bytes
# inside QEMU when the guest ends.
add_ports() {
    local name input='stdio,signal=off'
    ((${#command[@]})) || input=null
    qemu_args+=(-device 'virtio-serial'
        -chardev "$input,id=stdin" -device 'virtserialport,chardev=stdin,name=stdin')
    for name in stdout stderr status; do
        qemu_args+=(-chardev "file,id=$name,path=$name"
            -device "virtserialport,chardev=$name,name=$name")
    done
}

add_shares() {
    local i
    qemu_args+=(-virtfs 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap')
    for i in "${!shares[@]}"; do
        qemu_args+=(-virtfs "local,path=${shares[i]//,/,,},mount_tag=share$i,security_model=none,multidevs=remap")
    done
}

add_disks() {
    local i
    for i in "${!disk_sizes[@]}"; do
        add_blank_drive "disk$i" "${disk_sizes[i]}" if=virtio
    done
    for i in "${!disk_files[@]}"; do
        add_drive "file$i" "${disk_files[i]}" if=virtio
    done
    for i in "${!nvme_sizes[@]}"; do
        add_blank_drive "nvme$i" "${nvme_sizes[i]}" if=none
        qemu_args+=(-device "nvme,drive=nvme$i,serial=nvme$i")
    done
}

# add_blank_drive NAME SIZE INTERFACE
add_blank_drive() {
    truncate -s "$2" "$guest_dir/$1"
    add_drive "$1" "$guest_dir/$1" "$3"
}

# add_drive NAME PATH INTERFACE
add_drive() {
    local cache='cache=none,aio=native'
    if ! dd if="$2" of=/dev/null count=0 iflag=direct status=none 2>/dev/null; then
        warn "${2%/*} does not take O_DIRECT: $1 goes through the page cache"
        cache='cache=writeback'
    fi
    qemu_args+=(-drive "file=${2//,/,,},id=$1,$3,format=raw,$cache")
}

add_ivshmems() {
    local i
    for i in "${!ivshmem_sizes[@]}"; do
        qemu_args+=(-object "memory-backend-ram,id=ivshmem$i,size=${ivshmem_sizes[i]},share=on"
            -device "ivshmem-plain,memdev=ivshmem$i")
    done
}
