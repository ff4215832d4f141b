// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace guest {

namespace {

std::string unique(const std::string& stem)
{
    static int count = 0;
    return stem + std::to_string(getpid()) + "-" + std::to_string(count++);
}

void must(int error, const std::string& what)
{
    if (error != 0) {
        throw std::runtime_error(what + ": " + std::strerror(error));
    }
}

} // namespace

int write_file(const std::string& path, const std::string& text)
{
    const fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file < 0) {
        return errno;
    }
    return ::write(file, text.data(), text.size()) < 0 ? errno : 0;
}

std::string read_line(const std::string& path)
{
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line)) {
        throw std::runtime_error("cannot read " + path);
    }
    return line;
}

std::uint64_t counter(const std::string& name, const std::string& attribute)
{
    return std::stoull(read_line("/sys/class/memlane/" + name + "/" + attribute));
}

int sh(const std::string& command)
{
    const int status = std::system(command.c_str()); // NOLINT(cert-env33-c)
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void must_run(const std::string& command)
{
    if (sh(command) != 0) {
        throw std::runtime_error("failed: " + command);
    }
}

fd& fd::operator=(fd&& other) noexcept
{
    close();
    number_ = other.release();
    return *this;
}

void fd::close()
{
    if (number_ >= 0) {
        ::close(number_);
    }
    number_ = -1;
}

int fd::release()
{
    return std::exchange(number_, -1);
}

std::string region::unique_name()
{
    return unique("r");
}

region::region(const region_options& options, std::string name) : name_(std::move(name))
{
    if (::mkdir(config().c_str(), 0755) != 0) {
        error_ = errno;
        return;
    }
    exists_ = true;

    if (!options.size.empty()) {
        error_ = write_file(config() + "/size", options.size);
    }
    if (error_ == 0 && options.phys_addr) {
        error_ = write_file(config() + "/phys_addr", std::to_string(*options.phys_addr));
    }
    if (error_ == 0 && options.contiguous) {
        error_ = write_file(config() + "/contiguous", "1");
    }
    for (const auto& [attribute, value] : options.attributes) {
        if (error_ == 0) {
            error_ = write_file(config() + "/" + attribute, value);
        }
    }
    if (error_ == 0) {
        error_ = write_file(config() + "/live", "1");
    }
}

region::~region()
{
    if (exists_) {
        destroy();
    }
}

fd region::open(int flags) const
{
    return fd(::open(node().c_str(), flags | O_CLOEXEC));
}

int region::destroy()
{
    const int error = write_file(config() + "/live", "0");
    if (error != 0) {
        return error;
    }
    if (::rmdir(config().c_str()) != 0) {
        return errno;
    }
    exists_ = false;
    return 0;
}

mapping::mapping(int fd, std::size_t length, int protection, off_t offset) : length_(length)
{
    void* address = ::mmap(nullptr, length, protection, MAP_SHARED, fd, offset);
    if (address != MAP_FAILED) {
        bytes_ = static_cast<unsigned char*>(address);
    }
}

mapping::~mapping()
{
    if (bytes_ != nullptr) {
        ::munmap(bytes_, length_);
    }
}

buffer::buffer(std::size_t length)
    : data_(static_cast<unsigned char*>(std::aligned_alloc(page, length))), length_(length)
{
    if (data_ == nullptr) {
        throw std::bad_alloc();
    }
    std::memset(data_, 0, length);
}

buffer::~buffer()
{
    std::free(data_); // NOLINT(cppcoreguidelines-no-malloc)
}

namespace {

std::uint64_t word_at(std::size_t index, std::uint32_t seed)
{
    return (std::uint64_t{seed} << 32 | index) * 0x9e3779b97f4a7c15u;
}

} // namespace

void fill(std::span<unsigned char> bytes, std::uint32_t seed)
{
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t word = word_at(i / sizeof(word), seed);
        std::memcpy(&bytes[i], &word, std::min(sizeof(word), bytes.size() - i));
    }
}

std::size_t first_wrong(std::span<const unsigned char> bytes, std::uint32_t seed)
{
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t word = word_at(i / sizeof(word), seed);
        const std::size_t length = std::min(sizeof(word), bytes.size() - i);
        if (std::memcmp(&bytes[i], &word, length) != 0) {
            return i;
        }
    }
    return bytes.size();
}

null_disk::null_disk(const disk_options& options)
    : config_("/sys/kernel/config/nullb/" + unique("d"))
{
    must(sh("modprobe null_blk nr_devices=0"), "modprobe null_blk");
    if (::mkdir(config_.c_str(), 0755) != 0) {
        must(errno, config_);
    }

    const auto set = [&](const char* attribute, const std::string& value) {
        must(write_file(config_ + "/" + attribute, value), config_ + "/" + attribute);
    };
    set("size", std::to_string(options.size_mib));
    set("memory_backed", options.memory_backed ? "1" : "0");
    set("irqmode", options.latency_ns != 0 ? "2" : "0");
    if (options.latency_ns != 0) {
        set("completion_nsec", std::to_string(options.latency_ns));
    }
    if (options.max_sectors != 0) {
        set("max_sectors", std::to_string(options.max_sectors));
    }
    if (options.cache_mib != 0) {
        set("cache_size", std::to_string(options.cache_mib));
    }
    set("power", "1");
    if (!options.bad_sectors.empty()) {
        set("badblocks", "+" + options.bad_sectors);
    }
    // The disk has its directory's name, or on some kernels a number.
    path_ = "/dev/" + config_.substr(config_.rfind('/') + 1);
    if (::access(path_.c_str(), F_OK) != 0) {
        path_ = "/dev/nullb" + read_line(config_ + "/index");
    }
}

null_disk::~null_disk()
{
    write_file(config_ + "/power", "0");
    ::rmdir(config_.c_str());
}

scratch_fs::scratch_fs(std::uint64_t size_mib, const std::string& mount_options)
    : scratch_fs({.size_mib = size_mib}, "", mount_options)
{
}

scratch_fs::scratch_fs(const disk_options& disk, const std::string& features,
                       const std::string& mount_options)
    : disk_(disk), path_("/tmp/" + unique("fs"))
{
    const std::string choice = features.empty() ? "" : "-O " + features + " ";
    must(sh("mkfs.ext4 -q -F " + choice + disk_.path()), "mkfs.ext4");
    must(::mkdir(path_.c_str(), 0700) == 0 ? 0 : errno, path_);
    must(sh("mount -o " + mount_options + " " + disk_.path() + " " + path_), "mount");
}

scratch_fs::~scratch_fs()
{
    sh("umount " + path_ + " && rmdir " + path_);
}

pid_t fork_child()
{
    const pid_t child = ::fork();
    if (child < 0) {
        must(errno, "fork");
    }
    return child;
}

int wait_child(pid_t child)
{
    int status = 0;
    if (::waitpid(child, &status, 0) != child) {
        must(errno, "waitpid");
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void exit_child(int status)
{
    ::_exit(status);
}

} // namespace guest
