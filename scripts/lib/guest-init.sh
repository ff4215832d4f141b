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
    insmod "$module"
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
cp /job/* /root/run/memlane/
ifconfig lo 127.0.0.1
hostname memlane
exec switch_root /root /bin/bash "$(cat /job/tree)/scripts/lib/guest-session.sh"
