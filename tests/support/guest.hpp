// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// What tests in the guest stand on: regions, disks and file systems that
/// vanish at scope end. Plain system calls only, so that the same tests build
/// as 32-bit programs and test the node rather than the library.
#ifndef MEMLANE_TESTS_SUPPORT_GUEST_HPP
#define MEMLANE_TESTS_SUPPORT_GUEST_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/mman.h> // PROT_* for mapping
#include <sys/types.h>

namespace guest {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::size_t page = 4096;

/// A user with no rights, and its group.
constexpr unsigned nobody = 65534;

/// Where memory is reserved, and how much: by the guest's memmap=, or by its device
/// tree (vm/kernels/ppc.dtso).
#ifdef __powerpc__
constexpr std::uint64_t reserved_base = 0x10000000;
constexpr std::uint64_t reserved_size = 128 * mib;
#else
constexpr std::uint64_t reserved_base = 0x80000000;
constexpr std::uint64_t reserved_size = 256 * mib;
#endif

/// Writes @p text to the existing file @p path. @return 0 or the errno.
int write_file(const std::string& path, const std::string& text);

/// @return the first line of @p path. @throws std::runtime_error if there is none.
std::string read_line(const std::string& path);

/// @return the number in the sysfs attribute of region @p name.
std::uint64_t counter(const std::string& name, const std::string& attribute);

/// Runs a shell command. @return its exit status, or 128 + signal.
int sh(const std::string& command);
/// The same. @throws std::runtime_error unless it succeeds
void must_run(const std::string& command);

/// A file descriptor that is closed at scope end.
class fd {
public:
    fd() = default;
    explicit fd(int number) : number_(number) {}
    fd(fd&& other) noexcept : number_(other.release()) {}
    fd& operator=(fd&& other) noexcept;
    ~fd() { close(); }

    operator int() const { return number_; } // NOLINT(google-explicit-constructor)
    void close();
    int release();

private:
    int number_ = -1;
};

/// What a region shall be; see the configfs attributes.
struct region_options {
    std::string size = "1M"; ///< empty: is not set
    std::optional<std::uint64_t> phys_addr = {};
    bool contiguous = false;
    /// Further attributes and their values, set in this order.
    std::vector<std::pair<std::string, std::string>> attributes = {};
};

/// A region made through configfs. Not made: error() tells why.
class region {
public:
    explicit region(const region_options& options = {}, std::string name = unique_name());
    region(const region&) = delete;
    region& operator=(const region&) = delete;
    ~region();

    /// A name that no other region of this process has.
    static std::string unique_name();

    /// @return 0, or the errno of the step that failed.
    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::string node() const { return "/dev/memlane/" + name_; }
    [[nodiscard]] std::string config() const { return "/sys/kernel/config/memlane/" + name_; }
    /// Opens the node; a failure is -1 with errno set.
    [[nodiscard]] fd open(int flags) const;
    /// @return why it was not made, in words
    [[nodiscard]] std::string why() const { return read_line(config() + "/error"); }
    /// Removes the region. @return 0 or the errno, EBUSY while it is in use.
    int destroy();

private:
    std::string name_;
    int error_ = 0;
    bool exists_ = false;
};

/// A mapping of the whole of an fd's first @p length bytes.
class mapping {
public:
    mapping(int fd, std::size_t length, int protection, off_t offset = 0);
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    ~mapping();

    [[nodiscard]] bool ok() const { return bytes_ != nullptr; }
    [[nodiscard]] std::span<unsigned char> bytes() const { return {bytes_, length_}; }
    unsigned char& operator[](std::size_t i) const { return bytes_[i]; }

private:
    unsigned char* bytes_ = nullptr;
    std::size_t length_ = 0;
};

/// Page-aligned heap memory, as direct I/O wants it.
class buffer {
public:
    explicit buffer(std::size_t length);
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer();

    [[nodiscard]] unsigned char* data() const { return data_; }
    [[nodiscard]] std::span<unsigned char> bytes() const { return {data_, length_}; }

private:
    unsigned char* data_;
    std::size_t length_;
};

/// Fills with a pattern in which every 8 bytes tell @p seed and their place.
void fill(std::span<unsigned char> bytes, std::uint32_t seed);
/// @return the index of the first byte that differs from fill()'s, or the size.
std::size_t first_wrong(std::span<const unsigned char> bytes, std::uint32_t seed);

/// How a null_disk behaves; see the kernel's null_blk.
struct disk_options {
    std::uint64_t size_mib = 64;
    bool memory_backed = true;
    /// First and last bad 512-byte sector, as "FIRST-LAST".
    std::string bad_sectors = {};
    /// Time a request takes, or 0 for none.
    std::uint64_t latency_ns = 0;
    /// The largest request in 512-byte sectors, or 0 for null_blk's own choice.
    std::uint64_t max_sectors = 0;
    /// A cache of its own for what is written, or 0 for none.
    std::uint64_t cache_mib = 0;
};

/// A null_blk disk.
class null_disk {
public:
    explicit null_disk(const disk_options& options = {});
    null_disk(const null_disk&) = delete;
    null_disk& operator=(const null_disk&) = delete;
    ~null_disk();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string config_;
    std::string path_;
};

/// An ext4 file system, mounted, on a disk of its own.
class scratch_fs {
public:
    explicit scratch_fs(std::uint64_t size_mib = 64, const std::string& mount_options = "defaults");
    /// @param features of ext4, as mkfs.ext4 -O takes them
    scratch_fs(const disk_options& disk, const std::string& features,
               const std::string& mount_options = "defaults");
    scratch_fs(const scratch_fs&) = delete;
    scratch_fs& operator=(const scratch_fs&) = delete;
    ~scratch_fs();

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const null_disk& disk() const { return disk_; }

private:
    null_disk disk_;
    std::string path_;
};

/// Runs @p body in a forked child. @return its exit status, or 128 + signal.
template <typename Body>
int in_child(Body body);

/// The parts of in_child() that are no template.
pid_t fork_child();
int wait_child(pid_t child);
[[noreturn]] void exit_child(int status);

template <typename Body>
int in_child(Body body)
{
    const pid_t child = fork_child();
    if (child == 0)
        exit_child(body());
    return wait_child(child);
}

} // namespace guest

#endif
