# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The life of one guest: its directory, QEMU, and the end of both.

qemu_pid=''
guest_dir=''
terminal_state=''
input_pump=''
followers=()

# Everything of a guest lies in one directory, named by our process, so that
# what a killed scripts/vm left behind can be told from what is in use.
make_guest_dir() {
    local old
    find "$vm_dir" -maxdepth 1 -name 'console-*.log' -mtime +0 -delete
    for old in "$vm_dir"/guest-*; do
        [[ ! -d $old || -d /proc/${old##*-} ]] || rm -rf "$old"
    done
    guest_dir=$vm_dir/guest-$$
    mkdir "$guest_dir"
}

# Sets guest_input and guest_output: what QEMU's own descriptors 0 and 1 become.
# A terminal is for a shell only: a command's guest may run in the background.
# Otherwise a pipe, because QEMU makes its input non-blocking for all who share it.
open_streams() {
    if ((${#command[@]} == 0)); then
        terminal_state=$(stty -g)
        exec {guest_input}<&0 {guest_output}>&1
        return
    fi
    exec {guest_output}>/dev/null
    if [[ -t 0 ]]; then
        exec {guest_input}</dev/null
    else
        exec {guest_input}< <(exec cat <&0)
        input_pump=$!
    fi
}

start_qemu() {
    build_qemu_args
    if [[ $overlay ]]; then
        (cd "$guest_dir" && make_device_tree) || exit
        qemu_args+=(-dtb tree.dtb)
    fi
    touch "$guest_dir"/{stdout,stderr}
    mkfifo "$guest_dir/status"
    # QEMU holds descriptor 9 so that the status port ends when QEMU does,
    # however early. pdeathsig: not even SIGKILL here leaves a guest behind.
    (
        cd "$guest_dir" || exit
        exec setpriv --pdeathsig KILL "$qemu_program" "${qemu_args[@]}" 9>status
    ) <&"$guest_input" >&"$guest_output" 2>"$guest_dir/qemu.log" &
    qemu_pid=$!
    exec {guest_input}<&- {guest_output}>&-
}

# follow PORT DESCRIPTOR: passes on what the port says until QEMU ends
follow() {
    {
        tail -c +1 -f -s 0.1 --pid="$qemu_pid" "$guest_dir/$1" 2>/dev/null ||
            kill -s USR1 $$
    } >&"$2" &
    followers+=($!)
}

# Sets status: the command's; 70 if the guest ended without, 124 on timeout.
wait_for_status() {
    local line='' limit=()
    ((timeout == 0)) || limit=(-t "$timeout")
    read -r "${limit[@]}" line <"$guest_dir/status"
    local result=$?
    if [[ $line ]]; then
        status=$line
    elif ((result > 128)); then
        status=124
        warn "timeout after $timeout s"
    else
        status=70
        warn 'the guest died'
        cat "$guest_dir/qemu.log" >&2
    fi
}

stop_qemu() {
    [[ $qemu_pid ]] || return 0
    kill "$qemu_pid" 2>/dev/null
    # A guest with I/O that never ends makes QEMU wait for ever.
    timeout 5 tail -f -s 0.05 --pid="$qemu_pid" /dev/null || kill -KILL "$qemu_pid" 2>/dev/null
    wait "$qemu_pid" 2>/dev/null
    qemu_pid=''
    [[ ! $terminal_state ]] || stty "$terminal_state"
}

keep_console_log() {
    local log=$vm_dir/console-$$.log
    [[ -s $guest_dir/console ]] || return 0
    mv "$guest_dir/console" "$log"
    case $status in
        70) tail -n 40 "$log" >&2 ;;&
        70 | 71 | 124) warn "console log: ${log#"$tree"/}" ;;
    esac
}

clean_up() {
    trap '' INT TERM HUP USR1
    stop_qemu
    kill "${followers[@]}" ${input_pump:+"$input_pump"} 2>/dev/null
    [[ ! $guest_dir ]] || rm -rf "$guest_dir"
}
