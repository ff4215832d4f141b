// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What the requests alone cost: bench/floor, a kernel module that does nothing else.
#ifndef MEMLANE_BENCH_FLOOR_HPP
#define MEMLANE_BENCH_FLOOR_HPP

#include "ways.hpp"

namespace bench {

/// A job's bytes as bare requests to its target, a block device, from pages that the kernel
/// has at hand; job::io_bytes a request before the block layer splits it, job::depth in
/// flight. @throws std::system_error without the module, or if the target is no disk
runner bio_floor(const job& work);

} // namespace bench

#endif
