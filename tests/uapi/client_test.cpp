// SPDX-License-Identifier: GPL-2.0-or-later
/// Regions of other drivers: a real device's frames, and what is left of them
/// when the driver goes. The driver is samples/edu_capture, which takes 200 ms
/// for 2 KiB.
#include "devices.hpp"
#include "guest.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../samples/edu_capture/pattern.h"

using namespace guest;
using namespace std::chrono_literals;

namespace {

/// Bytes of a frame: half of a slot.
constexpr std::size_t length = 2048;

const std::string node = "/dev/memlane/edu0";
const std::string driver = "/sys/bus/pci/drivers/edu_capture/";

bool exists(const std::string& path)
{
    return ::access(path.c_str(), F_OK) == 0;
}

int error_of(int fd, unsigned long request, void* argument)
{
    return ::ioctl(fd, request, argument) < 0 ? errno : 0;
}

std::uint64_t now_ns()
{
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

/// @return the index of the first byte that is not frame @p number's, or the size.
std::size_t first_wrong_of_frame(std::span<const unsigned char> bytes, std::uint64_t number)
{
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t word = edu_pattern(number, i);
        if (std::memcmp(&bytes[i], &word, sizeof(word)) != 0) {
            return i;
        }
    }
    return bytes.size();
}

/// The driver. It is loaded once, with a parameter by which it takes no card.
std::optional<loaded_module>& the_module()
{
    static std::optional<loaded_module> module(std::in_place, edu_capture_module(), "frame_size=1");
    return module;
}

/// The driver's parameters.
struct capture_options {
    std::uint32_t frame_size = length;
    std::uint32_t slots = 8;
    std::uint32_t frames = 0;
    std::uint32_t dma_bits = 32;
    bool drop_oldest = false;
};

/// The card, captured from as long as the driver has it.
class capture {
public:
    explicit capture(const capture_options& options = {}) : card_(find_pci(edu))
    {
        if (!the_module()) {
            the_module().emplace(edu_capture_module(), "frame_size=1");
        }
        set("frame_size", options.frame_size);
        set("slots", options.slots);
        set("frames", options.frames);
        set("dma_bits", options.dma_bits);
        set("drop_oldest", options.drop_oldest);
        error_ = bind();
    }
    capture(const capture&) = delete;
    capture& operator=(const capture&) = delete;
    ~capture()
    {
        if (is_bound()) {
            unbind();
        }
    }

    /// @return 0, or the errno with which the driver refused the card.
    [[nodiscard]] int error() const { return error_; }
    int bind() { return write_file(driver + "bind", card_); }
    int unbind() { return write_file(driver + "unbind", card_); }
    /// Unloads the driver. @return what rmmod does.
    int unload()
    {
        const int status = the_module()->unload();
        the_module().reset();
        return status;
    }
    [[nodiscard]] bool is_bound() const { return exists(driver + card_); }

private:
    static void set(const std::string& parameter, std::uint32_t value)
    {
        EXPECT_EQ(
            write_file("/sys/module/edu_capture/parameters/" + parameter, std::to_string(value)),
            0);
    }

    std::string card_;
    int error_ = 0;
};

/// An open file of the card's region.
class consumer {
public:
    explicit consumer(int flags = O_RDWR) : node_(::open(node.c_str(), flags | O_CLOEXEC)) {}

    int next()
    {
        memlane_frame frame = {};
        const int error = error_of(node_, MEMLANE_IOC_NEXT, &frame);
        if (error == 0) {
            frame_ = frame;
        }
        return error;
    }
    int release(std::uint32_t slot)
    {
        memlane_frame frame = {.slot = slot};
        return error_of(node_, MEMLANE_IOC_RELEASE, &frame);
    }
    int acquire()
    {
        memlane_frame frame = {};
        return error_of(node_, MEMLANE_IOC_ACQUIRE, &frame);
    }
    /// Saves the slot of the frame at hand.
    int save(int target, std::uint64_t file_offset = 0)
    {
        memlane_transfer args = {
            .fd = target, .offset = offset(), .length = frame_.length, .file_offset = file_offset};
        return error_of(node_, MEMLANE_IOC_SAVE, &args);
    }
    /// @return the frame at hand as read() has it.
    [[nodiscard]] std::vector<unsigned char> read() const
    {
        std::vector<unsigned char> bytes(frame_.length);
        const ssize_t got =
            ::pread(node_, bytes.data(), bytes.size(), static_cast<off_t>(offset()));
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return bytes;
    }

    [[nodiscard]] const memlane_frame& frame() const { return frame_; }
    [[nodiscard]] std::size_t offset() const
    {
        return frame_.slot * static_cast<std::size_t>(status().slot_size);
    }
    [[nodiscard]] memlane_ring_status status() const
    {
        memlane_ring_status status = {};
        EXPECT_EQ(error_of(node_, MEMLANE_IOC_RING_STATUS, &status), 0);
        return status;
    }
    /// Waits until @p count frames were committed.
    void wait_for(std::uint64_t count) const
    {
        for (int i = 0; i < 1000 && status().committed < count; ++i) {
            std::this_thread::sleep_for(10ms);
        }
        ASSERT_GE(status().committed, count);
    }
    /// @return what has come true of @p events, or POLLHUP.
    [[nodiscard]] short poll(int timeout_ms = 0, short events = POLLIN) const
    {
        pollfd event = {.fd = node_, .events = events, .revents = 0};
        while (::poll(&event, 1, timeout_ms) < 0 && errno == EINTR) {
        }
        return event.revents;
    }
    [[nodiscard]] int fd() const { return node_; }
    void close() { node_.close(); }

private:
    guest::fd node_;
    memlane_frame frame_ = {};
};

fd open_direct(const std::string& path)
{
    return fd(::open(path.c_str(), O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600));
}

std::vector<unsigned char> content(int target, std::size_t count, off_t offset = 0)
{
    const buffer bytes((count + page - 1) / page * page);
    const ssize_t got = ::pread(target, bytes.data(), count, offset);
    return {bytes.data(), bytes.data() + std::max<ssize_t>(got, 0)};
}

// Frames

TEST(Client, frames_of_a_device_arrive_bit_for_bit_in_memory_and_on_disk)
{
    constexpr std::size_t large = 6144;
    const scratch_fs fs;
    const fd target = open_direct(fs.file("frames"));
    const std::uint64_t begin = now_ns();
    const capture running({.frame_size = 6144, .frames = 3});
    consumer taker;
    std::uint64_t last = begin;
    for (std::uint64_t i = 0; i < 3; ++i) {
        ASSERT_EQ(taker.next(), 0);
        EXPECT_EQ(taker.frame().sequence, i);
        EXPECT_EQ(taker.frame().length, large);
        EXPECT_EQ(taker.frame().dropped, 0U);
        EXPECT_EQ(taker.frame().flags, 0U);
        EXPECT_GT(taker.frame().timestamp, last);
        EXPECT_LE(taker.frame().timestamp, now_ns());
        last = taker.frame().timestamp;
        EXPECT_EQ(first_wrong_of_frame(taker.read(), i), large);
        ASSERT_EQ(taker.save(target, i * large), 0);
    }
    for (std::uint64_t i = 0; i < 3; ++i) {
        const auto stored = content(target, large, static_cast<off_t>(i * large));
        EXPECT_EQ(first_wrong_of_frame(stored, i), large);
    }
}

TEST(Client, its_region_tells_whose_it_is)
{
    const capture running({.slots = 16});
    const consumer open;
    memlane_info info = {};
    ASSERT_EQ(error_of(open.fd(), MEMLANE_IOC_INFO, &info), 0);
    EXPECT_EQ(info.kind, MEMLANE_KIND_CLIENT);
    EXPECT_EQ(info.size, 16 * page);
    const std::string base = "/sys/class/memlane/edu0/";
    EXPECT_EQ(read_line(base + "kind"), "client");
    EXPECT_EQ(read_line(base + "slots"), "16");
    EXPECT_EQ(read_line(base + "device/vendor"), "0x1234");
    EXPECT_EQ(sh("memlane info edu0 | grep -q -w client"), 0);
}

TEST(Client, the_driver_is_the_producer)
{
    const capture running;
    consumer other;
    EXPECT_EQ(other.acquire(), EBUSY);
    memlane_frame frame = {};
    EXPECT_EQ(error_of(other.fd(), MEMLANE_IOC_COMMIT, &frame), EINVAL);
    EXPECT_EQ(other.status().filling, 1U);
}

TEST(Client, what_a_consumer_holds_the_device_leaves_alone)
{
    const capture running({.slots = 3, .frames = 8, .dma_bits = 28});
    consumer taker;
    ASSERT_EQ(taker.next(), 0);
    const mapping map(taker.fd(), page, PROT_READ, static_cast<off_t>(taker.offset()));
    ASSERT_TRUE(map.ok());
    taker.wait_for(8);
    EXPECT_EQ(first_wrong_of_frame(map.bytes().first(length), 0), length);

    const memlane_ring_status status = taker.status();
    EXPECT_EQ(status.waiting, 1U) << "of three slots one is held, and one is the driver's";
    EXPECT_EQ(status.dropped, 6U);
    ASSERT_EQ(taker.next(), 0);
    EXPECT_EQ(taker.frame().sequence, 1U);
    EXPECT_EQ(first_wrong_of_frame(taker.read(), 1), length);
}

/// @return the bytes of bounce buffers in use.
std::uint64_t bounced()
{
    return std::stoull(read_line("/sys/kernel/debug/swiotlb/io_tlb_used")) * 2048;
}

TEST(Client, the_memory_lies_where_the_device_reaches_it)
{
    const auto lies_below = [](const capture_options& options, std::uint64_t end) {
        const std::uint64_t before = bounced();
        const capture running(options);
        memlane_info info = {};
        EXPECT_EQ(error_of(consumer().fd(), MEMLANE_IOC_INFO, &info), 0);
        // Pieces are in order of address, but the last one's is not told.
        EXPECT_GT(info.phys_addr, 0U);
        EXPECT_LT(info.phys_addr + info.size, end);
        EXPECT_LT(bounced(), before + info.size / 2) << "it goes through bounce buffers";
    };
    lies_below({.slots = 512, .dma_bits = 28}, std::uint64_t{1} << 28);
    lies_below({.slots = 16384}, std::uint64_t{1} << 32);
}

// Removal

TEST(ClientRemoval, leaves_what_was_committed_to_who_has_it_open)
{
    const scratch_fs fs;
    const fd target = open_direct(fs.file("frames"));
    capture running({.frames = 4});
    consumer taker;
    taker.wait_for(4);
    ASSERT_EQ(taker.next(), 0);
    const mapping map(taker.fd(), 8 * page, PROT_READ | PROT_WRITE);

    ASSERT_EQ(running.unload(), 0);
    EXPECT_FALSE(exists(node));
    EXPECT_FALSE(exists("/sys/class/memlane/edu0"));
    EXPECT_LT(consumer().fd(), 0);
    EXPECT_EQ(taker.poll(), POLLIN | POLLHUP);
    EXPECT_EQ(taker.status().filling, 0U);
    EXPECT_EQ(taker.acquire(), ENODEV);

    EXPECT_EQ(taker.save(target), 0) << "held";
    EXPECT_EQ(first_wrong_of_frame(content(target, length), 0), length);
    EXPECT_EQ(taker.release(taker.frame().slot), 0);
    for (std::uint64_t i = 1; i < 4; ++i) {
        ASSERT_EQ(taker.next(), 0);
        EXPECT_EQ(taker.frame().sequence, i);
        EXPECT_EQ(first_wrong_of_frame(taker.read(), i), length);
        EXPECT_EQ(first_wrong_of_frame(map.bytes().subspan(taker.offset(), length), i), length);
        EXPECT_EQ(taker.save(target, i * length), 0);
    }
    EXPECT_EQ(taker.next(), ENODEV);
    EXPECT_EQ(taker.poll(), POLLIN | POLLHUP);
    EXPECT_EQ(first_wrong_of_frame(content(target, length, 3 * length), 3), length);

    taker.close();
    EXPECT_EQ(first_wrong_of_frame(map.bytes().subspan(3 * page, length), 3), length)
        << "a mapping is a user too";
}

TEST(ClientRemoval, frees_the_name_while_the_old_region_is_still_open)
{
    capture first({.frames = 1});
    consumer old;
    ASSERT_EQ(old.next(), 0);
    ASSERT_EQ(first.unload(), 0);

    const capture second({.frames = 2});
    consumer fresh;
    ASSERT_EQ(fresh.next(), 0);
    ASSERT_EQ(fresh.next(), 0);
    EXPECT_EQ(first_wrong_of_frame(fresh.read(), 1), length);
    EXPECT_EQ(old.next(), ENODEV);
    EXPECT_EQ(first_wrong_of_frame(old.read(), 0), length);
    old.close();
    EXPECT_EQ(first_wrong_of_frame(fresh.read(), 1), length);
}

TEST(ClientRemoval, wakes_who_waits)
{
    static std::atomic<int> band;
    band = 0;
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
        band = static_cast<int>(info->si_band);
    };
    const int number = SIGRTMIN + 2;
    ASSERT_EQ(::sigaction(number, &action, nullptr), 0);

    capture running({.frames = 1});
    consumer taker;
    consumer observer;
    ASSERT_EQ(taker.next(), 0);
    ASSERT_EQ(::fcntl(observer.fd(), F_SETOWN, ::getpid()), 0);
    ASSERT_EQ(::fcntl(observer.fd(), F_SETSIG, number), 0);
    ASSERT_EQ(::fcntl(observer.fd(), F_SETFL, O_RDWR | O_ASYNC), 0);
    std::atomic<int> woken = 0;
    std::thread sleeper([&] {
        EXPECT_EQ(taker.next(), ENODEV);
        ++woken;
    });
    std::thread poller([&] {
        EXPECT_EQ(observer.poll(10'000), POLLIN | POLLHUP);
        ++woken;
    });
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(woken, 0);
    ASSERT_EQ(running.unload(), 0);
    sleeper.join();
    poller.join();
    EXPECT_TRUE(band & POLLHUP) << band;
}

TEST(ClientRemoval, lets_a_save_in_flight_come_to_its_end)
{
    const null_disk slow({.latency_ns = 700'000'000});
    const fd target(::open(slow.path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    capture running({.slots = 64});
    const consumer taker;
    const mapping map(taker.fd(), 64 * page, PROT_READ | PROT_WRITE);
    fill(map.bytes(), 5);
    std::atomic<bool> saved = false;
    std::thread saver([&] {
        // Not the first slots, in which the device may still write.
        memlane_transfer all = {
            .fd = target, .offset = 32 * page, .length = 32 * page, .io_bytes = 65536};
        EXPECT_EQ(error_of(taker.fd(), MEMLANE_IOC_SAVE, &all), 0);
        EXPECT_EQ(all.done, 32 * page);
        saved = true;
    });
    std::this_thread::sleep_for(50ms);
    std::thread remover([&] { EXPECT_EQ(running.unbind(), 0); });
    EXPECT_EQ(taker.poll(10'000, 0), POLLHUP);
    EXPECT_FALSE(saved) << "the disk is too fast for this test";
    saver.join();
    remover.join();
    const auto stored = content(target, 32 * page);
    EXPECT_TRUE(std::ranges::equal(stored, map.bytes().subspan(32 * page)));
}

TEST(ClientRemoval, may_come_while_others_open_map_and_close)
{
    capture running;
    std::atomic<bool> done = false;
    std::atomic<int> opened = 0;
    std::vector<std::thread> users;
    for (int i = 0; i < 2; ++i) {
        users.emplace_back([&] {
            while (!done) {
                consumer user(O_RDWR | O_NONBLOCK);
                // Or the removal never gets a processor.
                std::this_thread::sleep_for(200us);
                if (user.fd() < 0) {
                    continue;
                }
                ++opened;
                const mapping map(user.fd(), 8 * page, PROT_READ | PROT_WRITE);
                user.next();
                EXPECT_LE(user.read().size(), length);
                map[0] = 1;
                user.close();
            }
        });
    }
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(running.unbind(), 0);
        EXPECT_FALSE(running.is_bound());
        EXPECT_EQ(running.bind(), 0);
        std::this_thread::sleep_for(20ms);
    }
    done = true;
    for (std::thread& user : users) {
        user.join();
    }
    EXPECT_GT(opened, 20);
}

std::uint64_t available_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    while (file >> name && name != "MemAvailable:") {
    }
    std::uint64_t kilobytes = 0;
    file >> kilobytes;
    return kilobytes * kib;
}

/// What is freed the kernel keeps for each CPU at first, from 6.7 on a good deal of it; within
/// seconds it is everybody's. @return whether @p bytes become available
bool becomes_available(std::uint64_t bytes)
{
    for (int tries = 0; tries < 100; ++tries) {
        if (available_memory() > bytes) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

TEST(ClientRemoval, gives_all_memory_back_by_the_last_close)
{
    constexpr std::uint64_t size = 128 * mib;
    capture running({.slots = 32768});
    const std::uint64_t before = available_memory();
    for (int i = 0; i < 6; ++i) {
        consumer taker;
        const mapping map(taker.fd(), page, PROT_READ);
        ASSERT_EQ(running.unbind(), 0);
        EXPECT_LT(available_memory(), before + size / 2) << "it is in use";
        taker.close();
        ASSERT_EQ(running.bind(), 0);
    }
    EXPECT_TRUE(becomes_available(before - size / 2)) << available_memory() << " of " << before;
    ASSERT_EQ(running.unload(), 0);
    EXPECT_TRUE(becomes_available(before + size / 2)) << available_memory() << " of " << before;
}

TEST(ClientRemoval, is_needed_before_memlane_can_be_unloaded)
{
    capture running;
    EXPECT_NE(sh("rmmod memlane 2>/dev/null"), 0);
    const consumer taker;
    ASSERT_EQ(running.unload(), 0);
    EXPECT_NE(sh("rmmod memlane 2>/dev/null"), 0) << "the file is still open";
}

// What cannot be

TEST(ClientCreation, fails_with_an_error_and_leaves_nothing)
{
    const auto error = [](const capture_options& options) {
        const capture running(options);
        EXPECT_FALSE(running.is_bound());
        EXPECT_FALSE(exists(node));
        EXPECT_FALSE(exists("/sys/class/memlane/edu0"));
        return running.error();
    };
    EXPECT_EQ(error({.frame_size = 0}), EINVAL);
    EXPECT_EQ(error({.frame_size = 100}), EINVAL);
    EXPECT_EQ(error({.frame_size = 1U << 31, .slots = 1000}), ENOMEM);
    EXPECT_EQ(error({.slots = 0}), EINVAL);
    EXPECT_EQ(error({.slots = 1}), EINVAL);
    EXPECT_EQ(error({.slots = 1048577}), EINVAL);
    EXPECT_EQ(error({.slots = 65536, .dma_bits = 28}), ENOMEM)
        << "256 MiB, of which it reaches some";
    EXPECT_EQ(error({.dma_bits = 40}), EINVAL);
}

TEST(ClientCreation, of_a_name_that_is_taken_is_eexist)
{
    region taken({}, "edu0");
    ASSERT_EQ(taken.error(), 0);
    capture running;
    EXPECT_FALSE(running.is_bound());
    EXPECT_EQ(running.error(), EEXIST);
    EXPECT_EQ(read_line("/sys/class/memlane/edu0/kind"), "pages");
    ASSERT_EQ(taken.destroy(), 0);
    EXPECT_EQ(running.bind(), 0);
    EXPECT_EQ(read_line("/sys/class/memlane/edu0/kind"), "client");
    EXPECT_EQ(region({}, "edu0").error(), EEXIST);
}

} // namespace
