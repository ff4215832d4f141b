// SPDX-License-Identifier: LGPL-2.1-or-later
#include "smaps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

/** "START-END PERMISSIONS OFFSET DEVICE INODE PATH". @return nothing for other lines */
std::optional<vm_area> parse_header(const std::string& line)
{
    std::istringstream text(line);
    vm_area area;
    char dash = 0;
    std::string device;
    std::string inode;
    text >> std::hex >> area.start >> dash >> area.end >> area.permissions >> area.offset >>
        device >> inode;
    if (!text || dash != '-') {
        return std::nullopt;
    }
    text >> std::ws;
    std::getline(text, area.path);
    return area;
}

void parse_attribute(const std::string& line, vm_area& area)
{
    std::istringstream text(line);
    std::string name;
    text >> name;
    if (name == "KernelPageSize:") {
        text >> area.page_bytes;
        area.page_bytes *= 1024;
    } else if (name == "VmFlags:") {
        for (std::string flag; text >> flag;) {
            area.flags.push_back(flag);
        }
    }
}

} // namespace

bool vm_area::has(std::string_view flag) const
{
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

std::optional<vm_area> find_area(std::istream& smaps, std::uint64_t address)
{
    std::optional<vm_area> found;
    for (std::string line; std::getline(smaps, line);) {
        if (auto area = parse_header(line)) {
            if (found) {
                return found;
            }
            if (address >= area->start && address < area->end) {
                found = std::move(area);
            }
        } else if (found) {
            parse_attribute(line, *found);
        }
    }
    return found;
}

vm_area read_area(pid_t pid, std::uint64_t address)
{
    const std::string path = fmt::format("/proc/{}/smaps", pid);
    std::ifstream smaps(path);
    if (!smaps) {
        const int errnum = errno;
        throw_error(errnum == ENOENT ? ESRCH : errnum, "read", "mappings", path);
    }
    auto area = find_area(smaps, address);
    if (!area) {
        throw_error(ENOENT, "find", "mapping", fmt::format("of process {} at {:#x}", pid, address),
                    "nothing is mapped there");
    }
    return *area;
}

} // namespace memlane::detail
