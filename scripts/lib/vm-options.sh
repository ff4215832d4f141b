# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # the options are read by the other pieces
# The command line of scripts/vm.

kernel_name=6.1
memory=$((3 << 30))
cpus=2
kernel_args=''
overlay=''
devices=()
disk_sizes=()
disk_files=()
nvme_sizes=()
ivshmem_sizes=()
shares=()
timeout=''
bios=false
icount=false
with_module=true
build_first=true
command=()

usage() {
    cat <<'EOF'
usage: scripts/vm [OPTION]... [--] COMMAND [ARGUMENT]...
       scripts/vm [OPTION]...                 (on a terminal: a shell)

Boots one throw-away guest with memlane.ko loaded and runs COMMAND in it as
root, in this tree. Standard input (unless it is a terminal), output and error
are the command's own, and so is the exit status.

  --kernel NAME     the guest's kernel: 6.1 (default), another of
                    tests/vm/kernels.conf, or a whole version
  --memory SIZE     the guest's RAM (default 3G)
  --cpus N          virtual CPUs (default 2)
  --append STRING   more kernel arguments, e.g. 'memmap=256M$0x80000000'
  --overlay FILE    a device-tree overlay in source form, applied to the tree that
                    QEMU makes for the machine (kernel ppc)
  --device STRING   a QEMU -device; repeatable
  --disk SIZE       a blank disk: /dev/vda, then /dev/vdb...; repeatable
  --disk-file FILE  an existing file as the next disk; what is written stays in it
  --nvme SIZE       a blank NVMe disk: /dev/nvme0n1, /dev/nvme1n1...; repeatable
  --ivshmem SIZE    a PCI device whose BAR 2 is SIZE bytes of memory, a power of
                    two; repeatable
  --share DIR       make DIR writable from the guest; repeatable. All else the
                    guest sees of this machine is read-only, its writes vanish
  --timeout SECONDS for boot and command together (default 1200, 0: none)
  --bios            start the kernel through the BIOS, 3 seconds slower, so that
                    --device VGA --append 'vga=0x314 modprobe.blacklist=bochs'
                    gives a vesafb
  --icount          one CPU whose clock counts instructions, 1 ns each
  --no-module       neither build nor load memlane.ko
  --no-build        use what is built already

exit status: the command's, or
  2    wrong usage
  70   the guest died, or never came to run the command
  71   the command succeeded, but the kernel logged a warning
  124  timeout
EOF
}

usage_error() {
    warn "$*"
    die 2 "try 'scripts/vm --help'"
}

parse_options() {
    while (($#)); do
        case $1 in
            --help | -h) usage && exit 0 ;;
            --bios) bios=true ;;
            --icount) icount=true ;;
            --no-module) with_module=false ;;
            --no-build) build_first=false ;;
            --) shift && break ;;
            --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" && continue ;;
            --kernel | --memory | --cpus | --append | --overlay | --device | --disk | --disk-file | \
                --nvme | --ivshmem | --share | --timeout)
                (($# > 1)) || usage_error "option $1 needs a value"
                set_option "$1" "$2"
                shift
                ;;
            -*) usage_error "unknown option $1" ;;
            *) break ;;
        esac
        shift
    done
    command=("$@")
    [[ $icount == false ]] || cpus=1
    # A shell lasts as long as its user wants.
    : "${timeout:=$((${#command[@]} ? 1200 : 0))}"
}

set_option() {
    case $1 in
        --kernel) kernel_name=$2 ;;
        --memory) memory=$(parse_size "$2") || usage_error "--memory: not a size: '$2'" ;;
        --cpus) [[ $2 =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--cpus: not a count: '$2'" ;;&
        --cpus) cpus=$2 ;;
        --append) kernel_args=$2 ;;
        --overlay) overlay=$(realpath -e "$2") || usage_error "--overlay: no file: '$2'" ;;
        --device) devices+=("$2") ;;
        --disk) disk_sizes+=("$(parse_size "$2")") || usage_error "--disk: not a size: '$2'" ;;
        --disk-file)
            [[ -f $2 && -w $2 ]] || usage_error "--disk-file: not a file to write: '$2'"
            disk_files+=("$(realpath "$2")")
            ;;
        --nvme) nvme_sizes+=("$(parse_size "$2")") || usage_error "--nvme: not a size: '$2'" ;;
        --ivshmem) add_ivshmem "$2" || usage_error "--ivshmem: not a power of two: '$2'" ;;
        --share) shares+=("$(cd "$2" && pwd -P)") || usage_error "--share: not a directory: '$2'" ;;
        --timeout) [[ $2 =~ ^[0-9]{1,6}$ ]] || usage_error "--timeout: not seconds: '$2'" ;;&
        --timeout) timeout=$2 ;;
    esac
}

# add_ivshmem SIZE
add_ivshmem() {
    local size
    size=$(parse_size "$1") && (((size & (size - 1)) == 0)) && ivshmem_sizes+=("$size")
}
