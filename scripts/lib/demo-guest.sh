#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: demo-guest.sh DIRECTORY
# The guest's part of scripts/demo: memory to disk, then a picture, of which the
# saved bytes come to DIRECTORY.
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
umount "$mount"
memlane destroy screen
