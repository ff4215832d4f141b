// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_DIAGNOSIS_HPP
#define MEMLANE_DIAGNOSIS_HPP

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "memlane/source.hpp"
#include "memlane/way.hpp"

namespace memlane {

/** What a mapping is, as the kernel tells. */
struct mapping_facts {
    std::string backing;               /**< "/dev/mem"; "anonymous" where no file is behind it */
    std::vector<std::string> vm_flags; /**< two letters each, see proc_pid_smaps(5) */
    bool page_backed = false;          /**< neither VM_IO ("io") nor VM_PFNMAP ("pf") */
    std::uint64_t page_bytes = 0;      /**< of the page table: huge pages are cheaper to pin */
    std::optional<std::uint64_t> phys_addr; /**< of the first byte, if we may know */
    cache_mode cache = cache_mode::unknown;
    std::string cache_origin; /**< where that is known from, in words */
};

/** An attempt to do what is in question, and what came of it. */
struct trial {
    std::string what; /**< "write a block from it to an unlinked file on ext4" */
    int errnum = 0;   /**< 0: it worked */
};

/** What the place is like that memory shall be saved to. */
struct target_facts {
    std::string path;
    std::string file_system; /**< its type: "ext4"; "block device" */
    std::string device;      /**< what it lies on: "/dev/nvme0n1p2" */
    bool direct = false;     /**< takes direct I/O */
    std::uint32_t offset_alignment_bytes = 0;
    std::uint32_t memory_alignment_bytes = 0;
    std::string alignment_origin;        /**< "statx", "block size" or "assumed" */
    std::uint64_t request_bytes_max = 0; /**< of one request to the disk; 0: unknown */
};

struct way_verdict {
    way_kind which;
    verdict found;
};

/** What can be done with memory, why, and what would make it better. */
struct diagnosis {
    std::string subject; /**< "phys:0x80000000+256M", "pid 17 at 0x7f0000000000" */
    std::uint64_t size_bytes = 0;
    mapping_facts memory;
    trial pinning; /**< direct I/O from it */
    target_facts target;
    std::vector<way_verdict> ways;
    way_kind best = way_kind::automatic; /**< automatic: no way works */
    std::vector<std::string> advice;     /**< sentences */
};

/**
 * Finds out what ways lead from @p memory to @p target. The memory is only
 * read, and at the target only a file without a name is written.
 *
 * @param target a directory, a file in it, or a block device
 * @throws error those of open(2) for the target, of mmap(2) for the memory
 */
[[nodiscard]] diagnosis diagnose(const source& memory, const std::string& target);

/**
 * The same for memory that another process has mapped. Takes the right to
 * trace it (ptrace(2)).
 *
 * @throws error ENOENT when nothing is mapped at @p address; EPERM, EACCES, ESRCH
 */
[[nodiscard]] diagnosis diagnose(pid_t pid, std::uint64_t address, const std::string& target);

} // namespace memlane

#endif // MEMLANE_DIAGNOSIS_HPP
