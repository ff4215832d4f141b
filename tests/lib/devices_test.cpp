// SPDX-License-Identifier: GPL-2.0-or-later
// What the kernel allows with memory that is mapped from devices: the facts that
// the library's choices stand on. Plain system calls only.
#include "devices.hpp"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <linux/fb.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"

namespace {

using guest::mib;
using testing::HasSubstr;
using testing::Not;

constexpr int read_write = PROT_READ | PROT_WRITE;

/// A mapping of a node, and the node, for as long as the test looks at them.
struct mapped_node {
    explicit mapped_node(const std::string& path, std::size_t length, off_t offset = 0)
        : node(::open(path.c_str(), O_RDWR | O_CLOEXEC)), map(node, length, read_write, offset)
    {
        if (!map.ok()) {
            throw std::system_error(errno, std::generic_category(), "map " + path);
        }
    }

    guest::fd node;
    guest::mapping map;
};

/// Writes the first page of @p memory to a file without a name on @p fs.
/// @return 0 and the file has it, or the errno.
int write_page(const guest::scratch_fs& fs, std::span<unsigned char> memory, int flags)
{
    const guest::fd file(::open(fs.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | flags, 0600));
    guest::fill(memory.first(guest::page), 1);
    const ssize_t written = ::write(file, memory.data(), guest::page);
    if (written < 0) {
        return errno;
    }

    const guest::buffer copy(guest::page);
    EXPECT_EQ(written, static_cast<ssize_t>(guest::page));
    EXPECT_EQ(::pread(file, copy.data(), guest::page, 0), static_cast<ssize_t>(guest::page));
    EXPECT_EQ(guest::first_wrong(copy.bytes(), 1), guest::page);
    return 0;
}

/// @return the VmFlags that /proc/self/smaps has for the mapping at @p address.
std::string vm_flags(const void* address)
{
    std::ostringstream start;
    start << std::hex << reinterpret_cast<std::uintptr_t>(address) << '-';
    std::ifstream smaps("/proc/self/smaps");
    bool found = false;
    for (std::string line; std::getline(smaps, line);) {
        found = found || line.starts_with(start.str());
        if (found && line.starts_with("VmFlags:")) {
            return line.substr(line.find(' '));
        }
    }
    throw std::runtime_error("not in smaps");
}

/// Expects that only copies leave @p memory: it is mapped as page frames.
void expect_frames(std::span<unsigned char> memory)
{
    const guest::scratch_fs fs;
    EXPECT_EQ(write_page(fs, memory, O_DIRECT), EFAULT);
    EXPECT_EQ(write_page(fs, memory, 0), 0);
    const std::string flags = vm_flags(memory.data());
    EXPECT_THAT(flags, HasSubstr(" pf "));
    testing::Test::RecordProperty("vm_flags", flags);
}

/// Expects that direct I/O takes @p memory: it is mapped as pages.
void expect_pages(std::span<unsigned char> memory)
{
    const guest::scratch_fs fs;
    EXPECT_EQ(write_page(fs, memory, O_DIRECT), 0);
    EXPECT_EQ(write_page(fs, memory, 0), 0);
    const std::string flags = vm_flags(memory.data());
    EXPECT_THAT(flags, Not(HasSubstr(" pf ")));
    testing::Test::RecordProperty("vm_flags", flags);
}

/// @return 0, or the errno of read(2) from the start of @p path.
int read_page(const std::string& path, off_t offset = 0)
{
    const guest::fd node(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const guest::buffer into(guest::page);
    return ::pread(node, into.data(), guest::page, offset) < 0 ? errno : 0;
}

/// @return 0, or the errno of sendfile(2) from @p path to a file.
int send_page(const std::string& path, off_t offset = 0)
{
    const guest::fd file(::memfd_create("sent", MFD_CLOEXEC));
    const guest::fd node(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return ::sendfile(file, node, &offset, guest::page) < 0 ? errno : 0;
}

fb_fix_screeninfo fixed_info(const std::string& path)
{
    const guest::fd node(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    fb_fix_screeninfo info = {};
    if (::ioctl(node, FBIOGET_FSCREENINFO, &info) != 0) {
        throw std::system_error(errno, std::generic_category(), "FBIOGET_FSCREENINFO");
    }
    return info;
}

TEST(DevMem, maps_reserved_memory_as_frames)
{
    const mapped_node memory("/dev/mem", mib, guest::reserved_base);
    expect_frames(memory.map.bytes());
}

TEST(DevMem, reads_reserved_memory_but_does_not_send_it)
{
    EXPECT_EQ(read_page("/dev/mem", guest::reserved_base), 0);
    EXPECT_EQ(send_page("/dev/mem", guest::reserved_base), EINVAL);
}

TEST(DevMem, does_not_map_system_ram)
{
    constexpr off_t system_ram = 0x40000000;
    const guest::fd node(::open("/dev/mem", O_RDWR | O_CLOEXEC));
    const guest::mapping map(node, mib, read_write, system_ram);
    EXPECT_EQ(errno, EPERM);
    EXPECT_FALSE(map.ok());
}

TEST(PciBar, is_mapped_as_frames)
{
    const mapped_node bar(guest::pci_bar(guest::ivshmem, 2), 64 * mib);
    expect_frames(bar.map.bytes());
}

TEST(PciBar, that_is_prefetchable_is_also_mapped_with_writes_combined)
{
    const mapped_node bar(guest::pci_bar(guest::ivshmem, 2) + "_wc", 64 * mib);
    expect_frames(bar.map.bytes());
}

TEST(PciBar, of_memory_is_not_read)
{
    EXPECT_EQ(read_page(guest::pci_bar(guest::ivshmem, 2)), EIO);
}

TEST(PciBar, that_a_driver_claimed_is_not_mapped)
{
    ASSERT_STREQ(fixed_info(guest::vesa_fb()).id, "VESA VGA");
    const guest::fd node(::open(guest::pci_bar(guest::display, 0).c_str(), O_RDWR | O_CLOEXEC));
    const guest::mapping map(node, 16 * mib, read_write);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_FALSE(map.ok());
}

TEST(Framebuffer, of_the_bios_is_mapped_as_frames)
{
    const fb_fix_screeninfo info = fixed_info(guest::vesa_fb());
    EXPECT_STREQ(info.id, "VESA VGA");
    const mapped_node screen(guest::vesa_fb(), info.smem_len);
    expect_frames(screen.map.bytes());
}

TEST(Framebuffer, of_the_bios_is_read)
{
    EXPECT_EQ(read_page(guest::vesa_fb()), 0);
}

TEST(Framebuffer, that_is_virtual_is_mapped_as_pages)
{
    const guest::virtual_fb screen;
    const mapped_node mapped(screen.path(), mib);
    expect_pages(mapped.map.bytes());
}

TEST(Framebuffer, that_is_virtual_is_read_but_not_sent)
{
    const guest::virtual_fb screen;
    EXPECT_EQ(read_page(screen.path()), 0);
    EXPECT_EQ(send_page(screen.path()), EINVAL);
}

TEST(VideoBuffer, that_is_contiguous_is_mapped_as_frames)
{
    const guest::vivid_buffer buffer(guest::vivid_memory::contiguous);
    expect_frames(buffer.bytes());
}

TEST(VideoBuffer, of_vmalloc_is_mapped_as_pages)
{
    const guest::vivid_buffer buffer(guest::vivid_memory::vmalloc);
    expect_pages(buffer.bytes());
}

TEST(DeviceDax, is_mapped_as_pages)
{
    const guest::dax_device dax;
    const mapped_node mapped(dax.path(), dax.size_bytes());
    expect_pages(mapped.map.bytes());
}

TEST(DeviceDax, is_not_read)
{
    const guest::dax_device dax;
    EXPECT_EQ(read_page(dax.path()), EINVAL);
}

TEST(DmaBuffer, is_mapped_as_frames)
{
    const guest::test_devices devices;
    const mapped_node mapped(devices.udmabuf, devices.udmabuf_size);
    expect_frames(mapped.map.bytes());
}

TEST(DmaBuffer, is_mapped_from_any_page_to_its_end)
{
    const guest::test_devices devices;
    const mapped_node whole(devices.udmabuf, devices.udmabuf_size);
    const mapped_node rest(devices.udmabuf, devices.udmabuf_size - guest::page, guest::page);
    whole.map[guest::page] = 0x5a;
    EXPECT_EQ(rest.map[0], 0x5a);

    const guest::mapping past(whole.node, devices.udmabuf_size, read_write, guest::page);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_FALSE(past.ok());
}

TEST(DmaBuffer, is_written_and_read_but_not_sent)
{
    const guest::test_devices devices;
    const mapped_node mapped(devices.udmabuf, devices.udmabuf_size);
    ASSERT_EQ(::lseek(mapped.node, -2, SEEK_END), off_t{devices.udmabuf_size - 2});
    ASSERT_EQ(::write(mapped.node, "abc", 3), 2);
    EXPECT_EQ(mapped.map[devices.udmabuf_size - 1], 'b');
    EXPECT_EQ(read_page(devices.udmabuf), 0);
    EXPECT_EQ(send_page(devices.udmabuf), EINVAL);
}

TEST(DmaBuffer, tells_where_it_is)
{
    const guest::test_devices devices;
    EXPECT_EQ(guest::read_line("/sys/class/u-dma-buf/udmabuf0/size"), "4194304");
    EXPECT_THAT(guest::read_line("/sys/class/u-dma-buf/udmabuf0/phys_addr"),
                testing::MatchesRegex("0x[0-9a-f]{16}"));
}

TEST(UioMap, that_is_physical_is_mapped_as_frames)
{
    const guest::test_devices devices;
    const mapped_node mapped(devices.uio(), devices.uio_map_size, devices.uio_frames);
    expect_frames(mapped.map.bytes());
}

TEST(UioMap, that_is_logical_is_mapped_as_pages)
{
    const guest::test_devices devices;
    const mapped_node mapped(devices.uio(), devices.uio_map_size, devices.uio_pages);
    expect_pages(mapped.map.bytes());
}

TEST(Region, of_reserved_memory_is_mapped_as_pages)
{
    const guest::region made({.size = "2M", .phys_addr = guest::reserved_base});
    ASSERT_EQ(made.error(), 0);
    const mapped_node mapped(made.node(), 2 * mib);
    expect_pages(mapped.map.bytes());
}

TEST(Region, of_allocated_memory_is_mapped_as_pages)
{
    const guest::region made({.size = "2M"});
    ASSERT_EQ(made.error(), 0);
    const mapped_node mapped(made.node(), 2 * mib);
    expect_pages(mapped.map.bytes());
}

TEST(Memfd, is_mapped_as_pages)
{
    const guest::fd file(::memfd_create("test", MFD_CLOEXEC));
    ASSERT_EQ(::ftruncate(file, mib), 0);
    const guest::mapping map(file, mib, read_write);
    expect_pages(map.bytes());
}

TEST(Nvme, takes_direct_writes)
{
    const guest::fd disk(::open("/dev/nvme0n1", O_RDWR | O_DIRECT | O_CLOEXEC));
    const guest::buffer out(mib);
    guest::fill(out.bytes(), 2);
    ASSERT_EQ(::pwrite(disk, out.data(), mib, mib), ssize_t{mib}) << errno;

    const guest::buffer in(mib);
    ASSERT_EQ(::pread(disk, in.data(), mib, mib), ssize_t{mib});
    EXPECT_EQ(guest::first_wrong(in.bytes(), 2), mib);
}

} // namespace
