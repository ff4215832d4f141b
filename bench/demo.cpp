// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// The problem and its solution on one reserved range and one disk: first what
/// /dev/mem can do, then the same range as a region. Every file is read back
/// past the page cache and compared byte for byte.
#include "clock.hpp"
#include "guest.hpp"
#include "ways.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

namespace {

using guest::mib;

constexpr std::size_t bytes = guest::reserved_size;
constexpr double mebibytes = static_cast<double>(bytes) / static_cast<double>(mib);
constexpr std::uint32_t seed = 1;
constexpr const char* directory = "/tmp/memlane-demo";

/// A line of the table.
struct row {
    std::string way;
    std::string copies;
    int error = 0;
    double seconds = 0;
    double cpu_seconds = 0;
    std::uint64_t checksum = 0;
    bool identical = false;
};

/// CPU time of the whole guest, helper threads of the kernel included.
double cpu_seconds()
{
    std::ifstream in("/proc/stat");
    std::string name;
    double user = 0;
    double nice = 0;
    double system = 0;
    double idle = 0;
    double wait = 0;
    double irq = 0;
    double softirq = 0;
    in >> name >> user >> nice >> system >> idle >> wait >> irq >> softirq;
    return (user + nice + system + irq + softirq) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string out_path()
{
    return std::string(directory) + "/out.raw";
}

guest::fd open_out(int flags)
{
    guest::fd file(::open(out_path().c_str(), flags | O_CLOEXEC, 0600));
    if (file < 0) {
        throw std::system_error(errno, std::generic_category(), out_path());
    }
    return file;
}

/// Reads the file past the page cache into @p line.
void verify(row& line)
{
    const guest::fd file = open_out(O_RDONLY | O_DIRECT);
    const bench::huge_memory content(bytes);
    const std::span<std::byte> data = content.bytes().first(bytes);
    std::memset(data.data(), 0, data.size());
    std::size_t got = 0;
    while (got < bytes) {
        const ssize_t n = ::pread(file, &data[got], bytes - got, static_cast<off_t>(got));
        if (n <= 0) {
            break;
        }
        got += static_cast<std::size_t>(n);
    }
    line.checksum = XXH3_64bits(data.data(), data.size());
    const auto* raw = reinterpret_cast<const unsigned char*>(data.data());
    line.identical = got == bytes && guest::first_wrong({raw, bytes}, seed) == bytes;
}

/// Times @p action, which writes the file, and reads the file back.
row measure(const std::string& way, const std::string& copies, const std::function<void()>& action)
{
    ::unlink(out_path().c_str());
    ::sync();
    row line;
    line.way = way;
    line.copies = copies;
    const double cpu_before = cpu_seconds();
    try {
        line.seconds = bench::time_of(action) / 1e9;
        line.cpu_seconds = cpu_seconds() - cpu_before;
        verify(line);
    } catch (const std::system_error& e) {
        line.error = e.code().value();
    }
    return line;
}

/// As measure(), for a way of ways.hpp.
row measure_way(const std::string& name, const std::string& copies,
                bench::runner (*prepare)(const bench::job&), bench::job work, int flags)
{
    return measure(name, copies, [&] {
        const guest::fd out = open_out(O_RDWR | O_CREAT | flags);
        // As the command does: ext4 waits for each direct write that makes a
        // file longer.
        ::posix_fallocate(out, 0, bytes);
        work.target = out;
        prepare(work)();
        ::fdatasync(out);
    });
}

void print(const row& line)
{
    if (line.error != 0) {
        fmt::print("{:<46} {:<11} {:>7}  {:>6}  {:>9}  {}\n", line.way,
                   ::strerrorname_np(line.error), "-", line.copies, "-", "-");
        return;
    }
    fmt::print("{:<46} {:<11} {:>7.0f}  {:>6}  {:>9.2f}  {:016x}\n", line.way,
               line.identical ? "identical" : "WRONG", mebibytes / line.seconds, line.copies,
               line.cpu_seconds / mebibytes * 1024, line.checksum);
}

/// The problem: what can be done with /dev/mem.
std::vector<row> without_driver()
{
    const guest::fd memory(::open("/dev/mem", O_RDWR | O_CLOEXEC));
    const bench::file_memory range(memory, bytes, guest::reserved_base);
    const bench::huge_memory heap(bytes);
    guest::fill({reinterpret_cast<unsigned char*>(range.bytes().data()), bytes}, seed);
    guest::fill({reinterpret_cast<unsigned char*>(heap.bytes().data()), bytes}, seed);

    bench::job work;
    work.node = memory;
    work.node_offset = guest::reserved_base;
    work.memory = range.bytes();
    work.bytes = bytes;
    bench::job from_heap = work;
    from_heap.memory = heap.bytes();
    return {
        measure_way("/dev/mem mapped, write O_DIRECT", "-", bench::write_memory, work, O_DIRECT),
        measure_way("heap memory, the same call", "0", bench::write_memory, from_heap, O_DIRECT),
        measure_way("/dev/mem mapped, write buffered", "1", bench::write_memory, work, 0),
        measure_way("/dev/mem read, write O_DIRECT", "2", bench::read_and_write, work, O_DIRECT),
    };
}

/// Runs the command as a user would.
void run_command(const std::string& region)
{
    const std::string command = "memlane save " + region + " " + out_path() + " > /dev/null";
    if (guest::sh(command) != 0) {
        throw std::system_error(EIO, std::generic_category(), command);
    }
}

/// The solution: the same range as a region.
std::vector<row> with_driver()
{
    const guest::region region({.size = std::to_string(bytes), .phys_addr = guest::reserved_base},
                               "demo");
    if (region.error() != 0) {
        throw std::system_error(region.error(), std::generic_category(), "create demo");
    }
    // The guest reads programs over an emulated link: once, before the clock runs.
    guest::sh("memlane list > /dev/null");
    const guest::fd node = region.open(O_RDWR);
    const bench::file_memory range(node, bytes);

    bench::job work;
    work.node = node;
    work.memory = range.bytes();
    work.bytes = bytes;
    bench::job by_4_mib = work;
    by_4_mib.io_bytes = 4 * mib;
    return {
        measure_way("memlane mapped, write O_DIRECT", "0", bench::write_memory, work, O_DIRECT),
        measure_way("memlane mapped, io_uring", "0", bench::uring, work, O_DIRECT),
        measure_way("memlane, sendfile", "0", bench::send_file, work, O_DIRECT),
        measure_way("memlane, ioctl SAVE", "0", bench::save, by_4_mib, O_DIRECT),
        measure("memlane save (the command, start included)", "0",
                [&] { run_command(region.name()); }),
    };
}

void print_table(const std::vector<row>& lines)
{
    fmt::print("{:<46} {:<11} {:>7}  {:>6}  {:>9}  {}\n", "way", "result", "MiB/s", "copies",
               "CPU s/GiB", "checksum (XXH3)");
    for (const row& line : lines) {
        print(line);
    }
}

/// @return whether the problem shows and every solution solves it
bool as_promised(const std::vector<row>& lines)
{
    bool good = lines.front().error == EFAULT;
    for (std::size_t i = 1; i < lines.size(); i++) {
        good = good && lines[i].error == 0 && lines[i].identical;
    }
    return good;
}

} // namespace

int main()
{
    const std::string path = directory;
    if (guest::sh("modprobe virtio_blk; mkfs.ext4 -q -F /dev/vda && mkdir -p " + path +
                  " && mount /dev/vda " + path) != 0) {
        return 1;
    }
    fmt::print("{} MiB of physical memory at {:#x}, as a device left them, to ext4:\n\n",
               bytes / mib, guest::reserved_base);

    std::vector<row> lines = without_driver();
    for (row& line : with_driver()) {
        lines.push_back(std::move(line));
    }
    print_table(lines);

    fmt::print("\nEFAULT: the pages of /dev/mem are entered in the page table as bare frame\n"
               "numbers (VM_PFNMAP), which direct I/O cannot pin. A memlane region maps pages,\n"
               "and 'memlane save' hands them to the disk without looking at one of them.\n");
    guest::sh("umount " + path);
    if (!as_promised(lines)) {
        fmt::print(stderr, "demo: this is not the result that was promised\n");
        return 1;
    }
    return 0;
}
