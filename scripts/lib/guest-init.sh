#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's first process: puts the host's root, read-only below a tmpfs, in
# place of the initramfs and hands over to guest-session.sh on it.

/bin/busybox mkdir -p /usr/bin /usr/sbin /sbin
/bin/busybox --install -s

mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
for module in /modules/*.ko; do
    [ ! -e "$module" ] || insmod "$module" # none: all are built in
done

# The largest messages that 9p takes over virtio.
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose host /host
mount -t tmpfs -o mode=755 tmpfs /tmp
mkdir /tmp/upper /tmp/work
mount -t overlay -o lowerdir=/host,upperdir=/tmp/upper,workdir=/tmp/work overlay /root

for directory in dev proc sys; do
    mount --move "/$directory" "/root/$directory"
done
mount -t tmpfs -o mode=755 tmpfs /root/run
mkdir /root/run/memlane
# Of a kernel that was built here they are elsewhere.
modules=/root/lib/modules/$(uname -r)
[ -d "$modules" ] || ln -s "$(cat /job/modules)" "$modules"
cp /job/* /root/run/memlane/
# Programs of the host that another architecture cannot run are covered by its own.
if [ -d /programs ]; then
    cp -f /programs/* /bin/busybox /root/usr/bin/
    ln -s -f ../bin/mkfs.ext4 /root/usr/sbin/mkfs.ext4
    ln -s -f bash /root/usr/bin/sh
    chroot /root /bin/busybox --install -s /usr/local/sbin
    echo /usr/local/sbin/modprobe >/root/proc/sys/kernel/modprobe
    export PATH=/usr/local/sbin:$PATH
fi
ifconfig lo 127.0.0.1
hostname memlane
exec switch_root /root /bin/bash "$(cat /job/tree)/scripts/lib/guest-session.sh"
