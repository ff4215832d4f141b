// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Memory that is not ordinary: the devices of the guest that tests/run boots,
/// and drivers that are loaded for one scope. Plain system calls only. What is
/// not there is a std::runtime_error: in that guest all of it is.
#ifndef MEMLANE_TESTS_SUPPORT_DEVICES_HPP
#define MEMLANE_TESTS_SUPPORT_DEVICES_HPP

#include <cstddef>
#include <span>
#include <string>

#include "guest.hpp"

namespace guest {

/// What QEMU's -device ivshmem-plain, VGA and edu are on the PCI bus.
struct pci_id {
    unsigned vendor;
    unsigned device;
};
constexpr pci_id ivshmem = {0x1af4, 0x1110};
constexpr pci_id display = {0x1234, 0x1111};
constexpr pci_id edu = {0x1234, 0x11e8};

/// @return a PCI function of that kind, as "0000:00:05.0": the first, the second...
std::string find_pci(pci_id id, unsigned nth = 0);
/// @return its BAR @p number as the file that sysfs has for it.
std::string pci_bar(pci_id id, unsigned number);

/// @return /dev/fbN of the driver that /proc/fb calls @p driver.
std::string framebuffer(const std::string& driver);
/// The framebuffer of the guest's display card, as the BIOS set it up.
std::string vesa_fb();

/// A kernel module with parameters, unloaded at scope end.
class loaded_module {
public:
    /// @param what a module's name for modprobe, or a .ko file for insmod
    explicit loaded_module(const std::string& what, const std::string& parameters = {});
    loaded_module(const loaded_module&) = delete;
    loaded_module& operator=(const loaded_module&) = delete;
    ~loaded_module();

    /// Unloads it earlier. @return what rmmod does, 0 for success.
    int unload();

private:
    std::string name_;
};

/// @return a module of this tree for the running kernel, by its path beside memlane.ko.
std::string built_module(const std::string& path);

/// @return samples/edu_capture as a .ko file, to be loaded for the edu device.
std::string edu_capture_module();

/// A framebuffer without a display: vmalloc'ed pages.
class virtual_fb {
public:
    explicit virtual_fb(std::size_t bytes = mib);
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    loaded_module module_;
    std::string path_;
};

/// How a V4L2 driver allocates its buffers.
enum class vivid_memory {
    vmalloc,
    contiguous,
};

/// A buffer of a V4L2 capture device that has no camera.
class vivid_buffer {
public:
    explicit vivid_buffer(vivid_memory memory);
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::span<unsigned char> bytes() const { return mapping_.bytes(); }

private:
    loaded_module module_;
    std::string path_;
    fd node_;
    mapping mapping_;
};

/// The guest's persistent memory (memmap=SIZE!ADDRESS) as a device-dax node.
class dax_device {
public:
    /// @param align of it and of its pages in page tables: 4 KiB or 2 MiB. The first decides.
    explicit dax_device(std::size_t align = page);
    dax_device(const dax_device&) = delete;
    dax_device& operator=(const dax_device&) = delete;
    ~dax_device();

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

private:
    std::string path_;
    std::size_t size_bytes_;
};

/// The devices of tests/module.
class test_devices {
public:
    /// Stands in for the u-dma-buf driver's buffer.
    static constexpr const char* udmabuf = "/dev/udmabuf0";
    static constexpr std::size_t udmabuf_size = 4 * mib;
    static constexpr std::size_t uio_map_size = mib;
    /// Offsets of the UIO device's two maps for mmap(2).
    static constexpr off_t uio_frames = 0;
    static constexpr off_t uio_pages = page;

    test_devices();
    [[nodiscard]] const std::string& uio() const { return uio_; }

private:
    loaded_module module_;
    std::string uio_;
};

} // namespace guest

#endif
