// SPDX-License-Identifier: GPL-2.0-or-later
/// All operations against each other, at random, for MEMLANE_STRESS_SECONDS (60).
/// What is looked for is what the kernel says of it: KASAN, lockdep, kmemleak.
#include "fail_nth.hpp"
#include "guest.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

using namespace guest;

namespace {

constexpr int names = 4;
constexpr int workers = 6;
constexpr std::size_t size = 1U << 20;
constexpr std::uint64_t reserved_start = 0x80000000;

std::string name_of(int i)
{
    return "stress" + std::to_string(i);
}

/// One thread: picks a region and does something to it, which may well fail.
class worker final {
public:
    worker(unsigned int seed, const std::string& disk)
        : random_(seed), target_(::open(disk.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC))
    {
    }

    void step()
    {
        using action = void (worker::*)();
        static constexpr std::array<action, 13> actions = {
            &worker::create, &worker::destroy, &worker::open, &worker::open,    &worker::map,
            &worker::copy,   &worker::move,    &worker::send, &worker::produce, &worker::consume,
            &worker::ask,    &worker::sync,    &worker::look};
        (this->*actions[pick(actions.size())])();
        steps_++;
    }

    [[nodiscard]] std::uint64_t steps() const { return steps_; }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    std::string config() { return "/sys/kernel/config/memlane/" + name_of(current_); }

    void create()
    {
        current_ = static_cast<int>(pick(names));
        ::mkdir(config().c_str(), 0755);
        const bool reserved = pick(3) == 0;
        write_file(config() + "/size", reserved ? "128M" : std::to_string(size));
        if (reserved) {
            write_file(config() + "/phys_addr", std::to_string(reserved_start));
        } else if (pick(2) == 0) {
            write_file(config() + "/slot_size", "16K");
        } else if (pick(2) == 0) {
            write_file(config() + "/geometry", "64x64");
        }
        write_file(config() + "/live", "1");
    }

    void destroy()
    {
        current_ = static_cast<int>(pick(names));
        write_file(config() + "/live", "0");
        ::rmdir(config().c_str());
    }

    void open()
    {
        current_ = static_cast<int>(pick(names));
        const std::string path = "/dev/memlane/" + name_of(current_);
        node_ = fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    }

    void map()
    {
        void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, node_, 0);
        if (address == MAP_FAILED) {
            return;
        }
        auto* bytes = static_cast<volatile unsigned char*>(address);
        for (std::size_t i = 0; i < size; i += 4096 * (1 + pick(16))) {
            bytes[i] = static_cast<unsigned char>(i);
        }
        if (pick(2) == 0) {
            static_cast<void>(::pwrite(target_, address, size / 2, 0));
        }
        ::munmap(address, size);
    }

    void copy()
    {
        std::array<char, 8192> bytes = {};
        const auto offset = static_cast<off_t>(pick(size));
        static_cast<void>(::pread(node_, bytes.data(), bytes.size(), offset));
        static_cast<void>(::pwrite(node_, bytes.data(), bytes.size(), offset));
    }

    void move()
    {
        memlane_transfer args = {};
        args.fd = target_;
        args.length = (1 + pick(255)) * 4096;
        args.io_bytes = static_cast<std::uint32_t>((1 + pick(32)) * 4096);
        args.depth = static_cast<std::uint32_t>(1 + pick(8));
        ::ioctl(node_, pick(2) == 0 ? MEMLANE_IOC_SAVE : MEMLANE_IOC_LOAD, &args);
    }

    void send()
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
            const fd in(ends[0]);
            const fd out(ends[1]);
            off_t offset = 0;
            static_cast<void>(::sendfile(out, node_, &offset, 65536));
            if (pick(4) == 0) {
                node_.close(); // while its pages are in the pipe
                destroy();
            }
        }
    }

    void produce()
    {
        memlane_frame frame = {};
        if (::ioctl(node_, MEMLANE_IOC_ACQUIRE, &frame) != 0) {
            return;
        }
        for (std::size_t i = 0; i < 1 + pick(50); i++) {
            frame.length = 4096;
            frame.sequence = 0;
            frame.timestamp = 0;
            ::ioctl(node_, MEMLANE_IOC_COMMIT, &frame);
        }
    }

    void consume()
    {
        memlane_frame frame = {};
        while (::ioctl(node_, MEMLANE_IOC_NEXT, &frame) == 0) {
            memlane_frame slot = {};
            slot.slot = frame.slot;
            if (pick(8) != 0) {
                ::ioctl(node_, MEMLANE_IOC_RELEASE, &slot);
            }
            frame = {};
        }
    }

    void ask()
    {
        memlane_info info = {};
        ::ioctl(node_, MEMLANE_IOC_INFO, &info);
        memlane_ring_status status = {};
        if (::ioctl(node_, MEMLANE_IOC_RING_STATUS, &status) == 0) {
            EXPECT_EQ(status.committed, status.delivered + status.dropped + status.waiting);
        }
        pollfd waiting = {.fd = node_, .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, 0);
    }

    void sync()
    {
        memlane_sync args = {};
        args.length = size;
        args.owner = static_cast<std::uint32_t>(pick(2));
        ::ioctl(node_, MEMLANE_IOC_SYNC, &args);
        ::fcntl(node_, F_SETFL, pick(2) == 0 ? O_ASYNC | O_NONBLOCK : O_NONBLOCK);
    }

    void look()
    {
        for (const char* attribute : {"open_count", "ring", "frames", "coherent", "kind"}) {
            const std::string path =
                "/sys/class/memlane/" + name_of(static_cast<int>(pick(names))) + "/" + attribute;
            const fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
            std::array<char, 256> text = {};
            static_cast<void>(::read(file, text.data(), text.size()));
        }
    }

    std::minstd_rand random_;
    fd target_;
    fd node_;
    int current_ = 0;
    std::uint64_t steps_ = 0;
};

std::chrono::seconds duration()
{
    const char* text = std::getenv("MEMLANE_STRESS_SECONDS");
    return std::chrono::seconds(text == nullptr ? 60 : std::atoi(text));
}

void remove_all()
{
    for (int i = 0; i < names; i++) {
        const std::string config = "/sys/kernel/config/memlane/" + name_of(i);
        if (::access(config.c_str(), F_OK) == 0) {
            write_file(config + "/live", "0");
            EXPECT_EQ(::rmdir(config.c_str()), 0) << config << " is still in use";
        }
    }
}

} // namespace

TEST(Stress, of_all_operations_at_once)
{
    ::signal(SIGIO, SIG_IGN);
    ::signal(SIGBUS, SIG_DFL);
    debug::clear_leaks();
    const null_disk disk;
    const auto seed = static_cast<unsigned int>(std::time(nullptr));
    std::cout << "seed " << seed << '\n';
    std::atomic<std::uint64_t> steps = 0;
    {
        const auto end = std::chrono::steady_clock::now() + duration();
        std::vector<std::jthread> threads;
        for (unsigned int i = 0; i < workers; i++) {
            threads.emplace_back([&, i] {
                worker each(seed + i, disk.path());
                while (std::chrono::steady_clock::now() < end) {
                    each.step();
                }
                steps += each.steps();
            });
        }
    }
    std::cout << steps << " operations\n";
    EXPECT_GT(steps, 1000U);
    remove_all();
    EXPECT_EQ(debug::find_leaks(), "");
}
