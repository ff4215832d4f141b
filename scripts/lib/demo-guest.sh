#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: demo-guest.sh DIRECTORY
# The guest's part of scripts/demo: memory to disk, then a picture, of which the
# saved bytes come to DIRECTORY, then frames.
set -euo pipefail

# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly share=$1
readonly mount=/tmp/memlane-demo

"$tree/build/release/bench/demo"

printf '\nA region with a geometry is a screen, /dev/fbN too: drawn in, saved by SAVE.\n\n'
mount /dev/vda "$mount"
set -x
memlane create screen --geometry 1280x720
memlane draw screen card
memlane save screen "$mount/card.raw" --way kernel --verify
{ set +x; } 2>/dev/null
cp "$mount/card.raw" "$share"
memlane destroy screen

printf '\nA region in slots is a stream: 200 frames with checksums, straight to the disk.\n\n'
set -x
memlane create camera --size 32M --slot-size 512K
memlane produce camera --rate 100 >"$mount/produced" 2>&1 &
{ set +x; } 2>/dev/null
producer=$!
# It says nothing until it ends; the first frame is its sign.
until [[ $(</sys/class/memlane/camera/ring) != 0* ]]; do
    sleep 0.05
done
set -x
memlane record camera "$mount/run" --frames 200
memlane check "$mount/run"
{ set +x; } 2>/dev/null
kill "$producer"
wait "$producer" || true
memlane destroy camera
umount "$mount"
