#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # job_* come from the host, by vm-job.sh
# Process 1 of the guest once the host's root is in place: runs the job and
# reports on the ports. It never ends; the host stops the machine.
set -u

# shellcheck source=/dev/null
. /run/memlane/variables

# port NAME: its device; what udev would do
port() {
    local name
    name=$(grep -l -x -F "$1" /sys/class/virtio-ports/*/name) || return 1
    name=${name%/name}
    printf '/dev/%s\n' "${name##*/}"
}

mount_filesystems() {
    ln -s /proc/self/fd /dev/fd
    ln -s fd/0 /dev/stdin
    ln -s fd/1 /dev/stdout
    ln -s fd/2 /dev/stderr
    mkdir -p /dev/pts /dev/shm
    mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    mount -t debugfs debugfs /sys/kernel/debug
    mount -t tracefs tracefs /sys/kernel/tracing
    modprobe configfs
    mount -t configfs configfs /sys/kernel/config
}

# Each at its own path. Tag share0 is the first --share, share1 the second...
mount_shares() {
    local i
    for i in "${!job_shares[@]}"; do
        mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=mmap \
            "share$i" "${job_shares[i]}" || return 1
    done
}

set_environment() {
    export HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 MEMLANE_IN_VM=1
    export PATH=$job_programs/tools:/usr/local/sbin:/usr/local/bin
    PATH+=:/usr/sbin:/usr/bin:/sbin:/bin
    cd "$job_tree" || return 1
}

load_module() {
    local dependency
    [[ $job_module ]] || return 0
    for dependency in $(modinfo -F depends "$job_module" | tr , ' '); do
        modprobe "$dependency" || return 1
    done
    insmod "$job_module"
}

# Drivers for what --disk and --device added; what udev would do.
load_drivers() {
    local bus
    for bus in "${job_buses[@]}"; do
        cat "/sys/bus/$bus/devices"/*/modalias
    done | xargs modprobe -a -b -q
    return 0
}

set_up() {
    mount_filesystems && mount_shares && set_environment && load_drivers && load_module
}

# The host opens its side of a port a moment after the port appears; a read
# before that would see the end of the input.
wait_for_host() {
    until grep -q '^host_connected: 1' "/sys/kernel/debug/virtio-ports/${1##*/}"; do
        sleep 0.01
    done
}

# Pipes, not the ports themselves, because only one process at a time may have
# a port open, and /dev/stderr must open again.
run_command() {
    local out err out_done err_done input
    input=$(port stdin)
    wait_for_host "$input"
    exec {out}> >(exec cat >"$(port stdout)")
    out_done=$!
    exec {err}> >(exec cat >"$(port stderr)")
    err_done=$!
    (
        exec < <(exec cat "$input") 1>&"$out" 2>&"$err"
        exec {out}>&- {err}>&-
        exec setsid -- "${job_command[@]}"
    )
    local status=$?
    # Whatever the command left behind would keep the pipes open for ever.
    killall5 -9
    report_warnings >&"$err"
    exec {out}>&- {err}>&-
    wait "$out_done" "$err_done"
    return "$status"
}

run_shell() {
    local rows columns
    read -r rows columns <<<"$job_terminal_size"
    stty rows "$rows" columns "$columns" sane </dev/ttyS0
    setsid --ctty --wait bash -i </dev/ttyS0 >/dev/ttyS0 2>&1
}

# Not every dmesg can leave out the time. Tests mark what they expect (kernel_log.cpp).
log_lines() {
    dmesg | sed -e 's/^\[[^]]*\] //' \
        -e '/^memlane tests: reports are expected/,/^memlane tests: no more reports/d'
}

kernel_warnings() {
    log_lines | grep -q -E -f "$job_tree/scripts/lib/kernel-reports.ere"
}

# The first report and what follows it.
report_warnings() {
    kernel_warnings || return 0
    printf 'scripts/vm: the kernel logged a warning:\n'
    log_lines | grep -E -m 1 -A 60 -f "$job_tree/scripts/lib/kernel-reports.ere"
}

run_job() {
    set_up >/run/memlane/set-up.log 2>&1 || {
        { cat /run/memlane/set-up.log && dmesg | tail -n 20; } >"$(port stderr)"
        return 70
    }
    if ((${#job_command[@]} == 0)); then
        run_shell
    else
        run_command
    fi
    local status=$?
    sync
    if ((status == 0)) && kernel_warnings; then
        status=71
    fi
    return "$status"
}

run_job
printf '%d\n' $? >"$(port status)"
while :; do
    sleep 1000
done
