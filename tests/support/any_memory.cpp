// SPDX-License-Identifier: GPL-2.0-or-later
#include "any_memory.hpp"

#include <fstream>

#include "devices.hpp"
#include "guest.hpp"

namespace guest {

namespace {

std::string number_of(const std::string& node)
{
    return node.substr(node.find_last_not_of("0123456789") + 1);
}

present_memory physical()
{
    return {nullptr, "phys:" + std::to_string(reserved_base) + "+16M"};
}

present_memory card()
{
    return {nullptr, "pci:" + find_pci(ivshmem) + "/2"};
}

present_memory display_card()
{
    return {nullptr, "pci:" + find_pci(display, 1) + "/0"};
}

present_memory bios_framebuffer()
{
    return {nullptr, "fb:" + vesa_fb()};
}

present_memory virtual_framebuffer()
{
    const auto screen = std::make_shared<virtual_fb>();
    return {screen, "fb:" + screen->path()};
}

present_memory video(vivid_memory how)
{
    const auto buffer = std::make_shared<vivid_buffer>(how);
    return {buffer, "", reinterpret_cast<std::uintptr_t>(buffer->bytes().data())};
}

present_memory dax()
{
    const auto device = std::make_shared<dax_device>();
    return {device, "dax:" + device->path()};
}

present_memory u_dma_buf()
{
    return {std::make_shared<test_devices>(), "u-dma-buf:udmabuf0"};
}

present_memory uio(unsigned map)
{
    const auto device = std::make_shared<test_devices>();
    return {device, "uio:" + number_of(device->uio()) + "/" + std::to_string(map)};
}

present_memory made_region(const region_options& options)
{
    const auto made = std::make_shared<region>(options);
    return {made, "memlane:" + made->name()};
}

struct ordinary_file {
    scratch_fs fs;
    std::string path = fs.file("memory");
};

present_memory file()
{
    const auto made = std::make_shared<ordinary_file>();
    sh("truncate -s 4M " + made->path);
    return {made, "file:" + made->path};
}

} // namespace

std::vector<memory_kind> memory_kinds()
{
    return {
        {"dev_mem", physical, EFAULT, "write-back", "bounce"},
        {"pci_bar_of_ivshmem", card, EFAULT, "write-combining", "bounce"},
        {"pci_bar_of_a_display", display_card, EFAULT, "write-combining", "bounce"},
        {"vesafb", bios_framebuffer, EFAULT, "uncached", "bounce"},
        {"vfb", virtual_framebuffer, 0, "write-back", "direct"},
        {"vivid_contiguous", [] { return video(vivid_memory::contiguous); }, EFAULT, "unknown",
         "bounce"},
        {"vivid_vmalloc", [] { return video(vivid_memory::vmalloc); }, 0, "write-back", "direct"},
        {"device_dax", dax, 0, "write-back", "direct"},
        {"u_dma_buf", u_dma_buf, EFAULT, "write-back", "bounce"},
        {"uio_physical", [] { return uio(0); }, EFAULT, "write-back", "bounce"},
        {"uio_logical", [] { return uio(1); }, 0, "write-back", "direct"},
        {"memlane_pages", [] { return made_region({.size = "4M"}); }, 0, "write-back", "kernel"},
        {"memlane_reserved", [] { return made_region({.size = "4M", .phys_addr = reserved_base}); },
         0, "write-back", "kernel"},
        {"file", file, 0, "write-back", "direct"},
        {"memfd",
         [] {
             return present_memory{nullptr, "memfd:4M"};
         },
         0, "write-back", "direct", false},
    };
}

} // namespace guest
