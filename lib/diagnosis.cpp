// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/diagnosis.hpp"

#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "advice.hpp"
#include "block.hpp"
#include "cache_of.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"
#include "smaps.hpp"
#include "source_process.hpp"
#include "target_probe.hpp"
#include "way_stream.hpp"

namespace memlane {

using namespace detail;

namespace {

/** The kernel's list first, then what the driver does as a rule. */
void find_cache(const source* memory, mapping_facts& facts)
{
    std::ifstream list(memtype_list);
    const bool listed = list.is_open();
    if (listed && facts.phys_addr) {
        if (const auto mode = find_cache_mode(list, *facts.phys_addr)) {
            facts.cache = *mode;
            facts.cache_origin = memtype_list;
            return;
        }
    }
    if (facts.page_backed) {
        facts.cache = cache_mode::write_back;
        facts.cache_origin = "as all memory with struct pages";
    } else if (memory != nullptr && memory->usual_cache() != cache_mode::unknown) {
        facts.cache = memory->usual_cache();
        facts.cache_origin = "as its driver maps it";
    } else if (listed && facts.phys_addr) {
        facts.cache = cache_mode::write_back;
        facts.cache_origin = "the kernel lists everything else";
    }
}

mapping_facts facts_of(const vm_area& area, std::optional<std::uint64_t> phys_addr,
                       const source* memory)
{
    mapping_facts facts = {.backing = area.path.empty() ? "anonymous" : area.path,
                           .vm_flags = area.flags,
                           .page_backed = !area.has("io") && !area.has("pf"),
                           .page_bytes = area.page_bytes,
                           .phys_addr = phys_addr};
    find_cache(memory, facts);
    return facts;
}

/** @return 0 or the errno of a direct write of @p length bytes at @p offset. */
int write_block(const source& memory, std::uint64_t offset, std::size_t length,
                const direct_file& file)
{
    const mapping part = memory.map(offset, length);
    return write_at(file.fd(), part.bytes(), 0).errnum;
}

/** Tries both ends: of some mappings only the first page can be pinned. */
trial try_direct(const source& memory, target_probe& target)
{
    const direct_file& file = target.file();
    const auto page = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t block = std::max(file.alignment_bytes(), page);
    const bool can_write =
        target.is_writable() && file.can_direct() && memory.size_bytes() >= block;
    const std::uint64_t last =
        memory.size_bytes() > block ? (memory.size_bytes() / block - 1) * block : 0;
    const auto attempt = [&](std::uint64_t offset) {
        return can_write ? write_block(memory, offset, block, file) : try_pin(memory, offset);
    };

    const int errnum = attempt(0);
    return {can_write ? fmt::format("write a block from it to an unlinked file on {}, O_DIRECT",
                                    target.facts().file_system)
                      : "have the kernel pin a page of it (vmsplice), as direct I/O would",
            errnum != 0 ? errnum : attempt(last)};
}

std::vector<way_verdict> judge_ways(const source& memory, const direct_file& file,
                                    const trial& pinning)
{
    std::vector<way_verdict> verdicts;
    const byte_range all = {.offset = 0, .length = memory.size_bytes(), .file_offset = 0};
    for (const way* each : ways()) {
        verdict found = each->probe(memory, file, all);
        if (each->kind() == way_kind::direct && found.works && pinning.errnum != 0) {
            found = {false, fmt::format("not all of it can be pinned: {}",
                                        describe_errno(pinning.errnum))};
        }
        verdicts.push_back({each->kind(), std::move(found)});
    }
    verdicts.push_back(
        {way_kind::stream, {true, std::string(to_string(choose_stream_method(memory, -1)))}});
    return verdicts;
}

/** @return the first that works and is no stream. */
way_kind best_of(const std::vector<way_verdict>& verdicts)
{
    for (const way_verdict& each : verdicts) {
        if (each.found.works && each.which != way_kind::stream) {
            return each.which;
        }
    }
    return way_kind::automatic;
}

void complete(diagnosis& result, const source& memory, target_probe& target)
{
    result.target = target.facts();
    result.pinning = try_direct(memory, target);
    result.ways = judge_ways(memory, target.file(), result.pinning);
    result.best = best_of(result.ways);
}

/** Takes the same look at the mapping as direct I/O does (mm/gup.c), from outside the process. */
trial try_read_process(pid_t pid, std::uint64_t address)
{
    char byte = 0;
    const iovec here = {.iov_base = &byte, .iov_len = 1};
    const iovec there = {.iov_base = reinterpret_cast<void*>(address), .iov_len = 1};
    const bool works = ::process_vm_readv(pid, &here, 1, &there, 1, 0) == 1;
    return {"have the kernel pin a page of it (process_vm_readv), as direct I/O would",
            works ? 0 : errno};
}

void complete_without_source(diagnosis& result, pid_t pid, std::uint64_t address,
                             target_probe& target)
{
    result.target = target.facts();
    result.pinning = try_read_process(pid, address);
    const bool direct = target.facts().direct;
    const bool pins = result.pinning.errnum == 0;
    const std::string reason =
        pins ? "the kernel can pin it"
             : "the kernel cannot pin it: " + describe_errno(result.pinning.errnum);
    result.ways = {
        {way_kind::direct, {pins && direct, direct ? reason : "the file cannot do direct I/O"}},
        {way_kind::bounce,
         {direct, direct ? "the process can copy it" : "the file cannot do direct I/O"}},
        {way_kind::buffered, {true, "the page cache takes everything"}},
    };
    result.best = best_of(result.ways);
}

} // namespace

diagnosis diagnose(const source& memory, const std::string& target)
{
    const auto length = static_cast<std::size_t>(
        std::min<std::uint64_t>(memory.size_bytes(), static_cast<std::uint64_t>(1) << 20U));
    const mapping part = memory.map(0, length); // what the kernel lists as long as it is mapped
    const auto address = reinterpret_cast<std::uintptr_t>(part.bytes().data());
    const vm_area area = read_area(::getpid(), address);

    diagnosis result = {.subject = memory.uri(),
                        .size_bytes = memory.size_bytes(),
                        .memory = facts_of(area, memory.phys_addr(), &memory)};
    target_probe place(target);
    complete(result, memory, place);
    result.advice = give_advice(result, memory.advice());
    return result;
}

diagnosis diagnose(pid_t pid, std::uint64_t address, const std::string& target)
{
    const vm_area area = read_area(pid, address);
    diagnosis result = {.subject = fmt::format("pid {} at {:#x}", pid, address),
                        .size_bytes = area.end - address,
                        .memory = facts_of(area, std::nullopt, nullptr)};
    target_probe place(target);
    if (const auto memory = open_process(pid, address, area)) {
        complete(result, *memory, place);
    } else {
        complete_without_source(result, pid, address, place);
    }
    result.advice = give_advice(result, advice_for_device(area.path));
    return result;
}

} // namespace memlane
