// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace guest {

namespace {

namespace fs = std::filesystem;

void must_write(const std::string& path, const std::string& text)
{
    const int error = write_file(path, text);
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), path);
    }
}

/// @return the name of the first entry, in their order, of @p folder that @p is_it.
std::string find_entry(const fs::path& folder, const std::string& what,
                       const std::function<bool(const fs::path&)>& is_it)
{
    std::set<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(folder)) {
        entries.insert(entry.path());
    }
    const auto found = std::find_if(entries.begin(), entries.end(), is_it);
    if (found != entries.end()) {
        return found->filename();
    }
    throw std::runtime_error("no " + what + " in " + folder.string());
}

unsigned hex(const fs::path& path)
{
    return static_cast<unsigned>(std::stoul(read_line(path), nullptr, 16));
}

} // namespace

std::string find_pci(pci_id id, unsigned nth)
{
    return find_entry("/sys/bus/pci/devices", "such card", [&](const fs::path& path) {
        return hex(path / "vendor") == id.vendor && hex(path / "device") == id.device && nth-- == 0;
    });
}

std::string pci_bar(pci_id id, unsigned number)
{
    return "/sys/bus/pci/devices/" + find_pci(id) + "/resource" + std::to_string(number);
}

std::string framebuffer(const std::string& driver)
{
    std::ifstream list("/proc/fb");
    std::string number;
    std::string name;
    while (list >> number >> std::ws && std::getline(list, name)) {
        if (name == driver) {
            return "/dev/fb" + number;
        }
    }
    throw std::runtime_error("no '" + driver + "' in /proc/fb");
}

std::string vesa_fb()
{
    return framebuffer("VESA VGA");
}

loaded_module::loaded_module(const std::string& what, const std::string& parameters)
    : name_(fs::path(what).stem())
{
    const bool is_file = what.find('/') != std::string::npos;
    must_run((is_file ? "insmod " : "modprobe ") + what + " " + parameters);
}

loaded_module::~loaded_module()
{
    if (!name_.empty()) {
        unload();
    }
}

int loaded_module::unload()
{
    const int status = sh("rmmod " + name_);
    if (status == 0) {
        name_.clear();
    }
    return status;
}

virtual_fb::virtual_fb(std::size_t bytes)
    : module_("vfb", "vfb_enable=1 videomemorysize=" + std::to_string(bytes)),
      path_(framebuffer("Virtual FB"))
{
}

namespace {

constexpr v4l2_buf_type capture = V4L2_BUF_TYPE_VIDEO_CAPTURE;

/// The one instance has the one capture node, and vmalloc() is the default 0.
std::string vivid_parameters(vivid_memory memory)
{
    return std::string("n_devs=1 node_types=0x1 allocators=") +
           (memory == vivid_memory::contiguous ? "1" : "0");
}

std::string vivid_node()
{
    return "/dev/" + find_entry("/sys/class/video4linux", "vivid", [](const fs::path& path) {
               return read_line(path / "name") == "vivid-000-vid-cap";
           });
}

template <typename Argument>
void must_ioctl(int fd, unsigned long request, Argument& argument, const char* name)
{
    if (::ioctl(fd, request, &argument) != 0) {
        throw std::system_error(errno, std::generic_category(), name);
    }
}

/// Lets the device allocate one buffer. @return what QUERYBUF says of it.
v4l2_buffer request_buffer(int node)
{
    v4l2_format format = {};
    format.type = capture;
    format.fmt.pix.width = 640;
    format.fmt.pix.height = 360;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    must_ioctl(node, VIDIOC_S_FMT, format, "VIDIOC_S_FMT");

    v4l2_requestbuffers request = {};
    request.count = 1;
    request.type = capture;
    request.memory = V4L2_MEMORY_MMAP;
    must_ioctl(node, VIDIOC_REQBUFS, request, "VIDIOC_REQBUFS");

    v4l2_buffer buffer = {};
    buffer.type = capture;
    buffer.memory = V4L2_MEMORY_MMAP;
    must_ioctl(node, VIDIOC_QUERYBUF, buffer, "VIDIOC_QUERYBUF");
    return buffer;
}

mapping map_buffer(int node)
{
    const v4l2_buffer buffer = request_buffer(node);
    return {node, buffer.length, PROT_READ | PROT_WRITE, static_cast<off_t>(buffer.m.offset)};
}

} // namespace

vivid_buffer::vivid_buffer(vivid_memory memory)
    : module_("vivid", vivid_parameters(memory)), path_(vivid_node()),
      node_(::open(path_.c_str(), O_RDWR | O_CLOEXEC)), mapping_(map_buffer(node_))
{
}

namespace {

const std::string nd_bus = "/sys/bus/nd/";
const std::string nd_dax = nd_bus + "devices/dax0.0/";

/// Makes the namespace a device-dax one; it stays one until the guest ends.
void configure_dax(std::size_t align)
{
    // Nothing to unbind if it never was a block device.
    write_file(nd_bus + "drivers/nd_pmem/unbind", "namespace0.0");
    must_write(nd_dax + "align", std::to_string(align));
    must_write(nd_dax + "mode", "pmem");
    must_write(nd_dax + "uuid", "6d656d6c-616e-4565-8000-000000000001");
    must_write(nd_dax + "namespace", "namespace0.0");
}

} // namespace

dax_device::dax_device(std::size_t align)
{
    must_run("modprobe -a nd_e820 dax_pmem device_dax");
    read_line(nd_bus + "devices/ndbus0/wait_probe");
    if (read_line(nd_dax + "namespace").empty()) {
        configure_dax(align);
    }
    must_write(nd_bus + "drivers/dax_pmem/bind", "dax0.0");
    path_ = "/dev/dax0.0";
    size_bytes_ = std::stoul(read_line("/sys/bus/dax/devices/dax0.0/size"));
}

dax_device::~dax_device()
{
    write_file(nd_bus + "drivers/dax_pmem/unbind", "dax0.0");
}

std::string built_module(const std::string& path)
{
    utsname names = {};
    ::uname(&names);
    return std::string("build/module/") + names.release + "/" + path;
}

namespace {

std::string test_module()
{
    must_run("modprobe uio");
    return built_module("test-devices/memlane_test_devices.ko");
}

} // namespace

std::string edu_capture_module()
{
    return built_module("edu-capture/edu_capture.ko");
}

test_devices::test_devices()
    : module_(test_module()),
      uio_("/dev/" + find_entry("/sys/class/uio", "test device", [](const fs::path& path) {
               return read_line(path / "name") == "memlane_test";
           }))
{
}

} // namespace guest
