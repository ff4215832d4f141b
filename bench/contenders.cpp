// SPDX-License-Identifier: GPL-2.0-or-later
#include "contenders.hpp"

#include "devices.hpp"
#include "floor.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fcntl.h>

namespace bench {

namespace {

using guest::mib;

/// Beside the regions' range, which their driver claims for itself alone.
constexpr std::int64_t dev_mem_base = 0x90000000;
constexpr std::size_t huge_page = 2 * mib;

/// A node, mapped.
struct mapped_node {
    mapped_node(guest::fd opened, std::size_t bytes, std::int64_t offset = 0)
        : node(std::move(opened)), memory(node, bytes, offset)
    {
    }
    mapped_node(const std::string& path, std::size_t bytes, std::int64_t offset = 0)
        : mapped_node(guest::fd(::open(path.c_str(), O_RDWR | O_SYNC | O_CLOEXEC)), bytes, offset)
    {
    }

    guest::fd node;
    file_memory memory;
};

/// @return a source of what @p owner, which lives on in it, has mapped
template <typename Owner>
source source_of(std::shared_ptr<Owner> owner, const mapped_node& mapped, std::int64_t offset = 0)
{
    return {mapped.node, offset, mapped.memory.bytes(), std::move(owner)};
}

source make_region(std::size_t bytes)
{
    struct parts {
        explicit parts(std::size_t size)
            : region({.size = std::to_string(size), .phys_addr = guest::reserved_base}),
              mapped(region.open(O_RDWR), size)
        {
        }
        guest::region region;
        mapped_node mapped;
    };
    const auto made = std::make_shared<parts>(bytes);
    return source_of(made, made->mapped);
}

source make_huge(std::size_t bytes)
{
    const auto made = std::make_shared<huge_memory>(bytes);
    return {-1, 0, made->bytes(), made};
}

source make_dev_mem(std::size_t bytes)
{
    const auto made = std::make_shared<mapped_node>("/dev/mem", bytes, dev_mem_base);
    return source_of(made, *made, dev_mem_base);
}

source make_dax(std::size_t bytes)
{
    struct parts {
        // Some of it is the kernel's own.
        explicit parts(std::size_t size)
            : mapped(device.path(), std::min(size, device.size_bytes()))
        {
        }
        guest::dax_device device{huge_page};
        mapped_node mapped;
    };
    const auto made = std::make_shared<parts>(bytes);
    return source_of(made, made->mapped);
}

source make_vfb(std::size_t bytes)
{
    struct parts {
        explicit parts(std::size_t size) : screen(size), mapped(screen.path(), size) {}
        guest::virtual_fb screen;
        mapped_node mapped;
    };
    const auto made = std::make_shared<parts>(std::min<std::size_t>(bytes, 64 * mib));
    return source_of(made, made->mapped);
}

source make_bar(std::size_t bytes)
{
    const auto made = std::make_shared<mapped_node>(guest::pci_bar(guest::ivshmem, 2), bytes);
    return source_of(made, *made);
}

struct maker {
    const char* kind;
    source (*make)(std::size_t bytes);
};

constexpr maker makers[] = {{"region", make_region},   {"huge", make_huge}, {"dax", make_dax},
                            {"dev_mem", make_dev_mem}, {"vfb", make_vfb},   {"bar", make_bar}};

constexpr contender all[] = {
    {"save", "memlane, SAVE", "region", save},
    {"save_call_each", "memlane, SAVE, a call a piece", "region", save_each},
    {"load", "memlane, LOAD", "region", load},
    {"mapped_write", "memlane mapped, write(2)", "region", write_memory},
    {"mapped_uring", "memlane mapped, io_uring", "region", uring},
    {"mapped_uring_registered", "memlane mapped, io_uring, registered", "region", uring_registered},
    {"sendfile", "memlane, sendfile(2)", "region", send_file},
    {"read_and_write", "memlane, read(2) and write(2)", "region", read_and_write,
     copied::to_buffer},
    {"huge_write", "anonymous huge pages, write(2)", "huge", write_memory},
    {"huge_uring_registered", "anonymous huge pages, io_uring, registered", "huge",
     uring_registered},
    {"dax_write", "device-dax mapped, write(2)", "dax", write_memory},
    {"dax_uring_registered", "device-dax mapped, io_uring, registered", "dax", uring_registered},
    {"dev_mem_mapped_buffered", "/dev/mem mapped, buffered write", "dev_mem", write_memory,
     copied::to_page_cache},
    {"dev_mem_read_direct", "/dev/mem read, direct write", "dev_mem", read_and_write,
     copied::to_buffer},
    {"vfb_write", "vfb mapped, write(2)", "vfb", write_memory},
    {"bar_mapped_buffered", "BAR by sysfs, buffered write", "bar", write_memory,
     copied::to_page_cache},
    {"floor", "the requests alone (floor)", "region", bio_floor},
};

} // namespace

const source* sources::find(std::string_view kind)
{
    const auto known = made_.find(kind);
    if (known != made_.end()) {
        return known->second.get();
    }
    const auto* const found =
        std::find_if(std::begin(makers), std::end(makers),
                     [&](const maker& each) { return std::string_view(each.kind) == kind; });
    if (found == std::end(makers)) {
        throw std::invalid_argument("no memory of the kind " + std::string(kind));
    }
    std::unique_ptr<source> made;
    try {
        made = std::make_unique<source>(found->make(bytes_));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "no %s: %s\n", found->kind, error.what());
    }
    return made_.emplace(found->kind, std::move(made)).first->second.get();
}

std::span<const contender> contenders()
{
    return all;
}

bool is_ours(const contender& one)
{
    return std::string_view(one.kind) == "region" && one.prepare != bio_floor;
}

} // namespace bench
