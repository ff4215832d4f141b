// SPDX-License-Identifier: LGPL-2.1-or-later
#include "advice.hpp"

#include <fmt/format.h>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

bool works(const diagnosis& found, way_kind kind)
{
    for (const way_verdict& each : found.ways) {
        if (each.which == kind) {
            return each.found.works;
        }
    }
    return false;
}

std::string explain_refusal(const diagnosis& found)
{
    if (!found.memory.page_backed) {
        return fmt::format("The mapping has no struct pages (VM_IO or VM_PFNMAP), and the kernel "
                           "pins nothing else: write(2) with O_DIRECT fails with EFAULT here.");
    }
    return fmt::format("The kernel refuses to pin this memory: {}.",
                       describe_errno(found.pinning.errnum));
}

std::string explain_slow_reads(cache_mode mode)
{
    return fmt::format("The mapping is {}: reading it is slow, whoever does it. Read it once, in "
                       "one pass (bounce does), or let the device write to memory instead.",
                       to_string(mode));
}

} // namespace

std::string driver_advice()
{
    return "This driver maps without struct pages (remap_pfn_range, dma_mmap_coherent). Its author "
           "can map pages instead: vm_insert_pages() in mmap, or a fault handler that returns one, "
           "over memory from alloc_pages() or dma_alloc_pages()";
}

std::string advice_for_device(std::string_view node)
{
    if (node.starts_with("/dev/video")) {
        return "V4L2 buffers of a driver that allocates contiguous memory are mapped without "
               "struct pages. Give the driver memory of your own, in huge pages, with "
               "V4L2_MEMORY_USERPTR or as a dma-buf, and write from that";
    }
    if (node == "/dev/mem") {
        return "/dev/mem maps without struct pages. For a range outside System RAM, a memlane "
               "region has them: memlane create NAME --size LEN --phys ADDR";
    }
    return driver_advice();
}

std::vector<std::string> give_advice(const diagnosis& found, const std::string& source_advice)
{
    std::vector<std::string> sentences;
    if (found.pinning.errnum != 0) {
        sentences.push_back(explain_refusal(found));
        if (!source_advice.empty()) {
            sentences.push_back(source_advice + ".");
        }
    }
    if (!found.target.direct) {
        sentences.push_back(fmt::format(
            "{} on {} does no direct I/O, so everything passes the page cache: save to a disk's "
            "own file system (ext4, xfs, btrfs) or to a block device.",
            found.target.file_system, found.target.path));
    }
    const cache_mode mode = found.memory.cache;
    if (mode == cache_mode::uncached || mode == cache_mode::write_combining) {
        sentences.push_back(explain_slow_reads(mode));
    }
    if (works(found, way_kind::direct) && !works(found, way_kind::kernel)) {
        sentences.emplace_back(
            "A program can write from this mapping itself: O_DIRECT, offsets and "
            "lengths in multiples of the alignment, 1 MiB and more at a time.");
    }
    return sentences;
}

} // namespace memlane::detail
