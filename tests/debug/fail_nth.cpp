// SPDX-License-Identifier: GPL-2.0-or-later
#include "fail_nth.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "guest.hpp"
#include "kernel_log.hpp"

namespace debug {

namespace {

constexpr const char* leaks = "/sys/kernel/debug/kmemleak";
constexpr int most_allocations = 20000;

/// The thread's own switch. It is open before anything fails.
class fail_switch final {
public:
    fail_switch() : fd_(::open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC)) {}

    void arm(int nth) const
    {
        const std::string text = std::to_string(nth);
        // The first attempt may be what fails.
        if (::pwrite(fd_, text.data(), text.size(), 0) < 0 &&
            ::pwrite(fd_, text.data(), text.size(), 0) < 0) {
            ::_exit(3);
        }
    }

    /// @return whether the allocation was reached; nothing fails afterwards
    [[nodiscard]] bool disarm() const
    {
        char text[16] = {};
        // Copies to and from user space fail too: this one, if it is the nth.
        const bool spared = ::pread(fd_, text, sizeof(text) - 1, 0) < 0;
        arm(0);
        return !spared && std::stoi(text) == 0;
    }

private:
    guest::fd fd_;
};

/// @param object what kmemleak tells of one: this program made it, or it is the module's.
/// A class whose kset is not registered leaks its name in Linux 6.1, not ours.
bool is_ours(const std::string& object)
{
    static const std::string comm = "comm \"" + guest::read_line("/proc/self/comm");
    const bool near =
        object.find(comm) != std::string::npos || object.find("memlane") != std::string::npos;
    return near && object.find("__class_register") == std::string::npos;
}

} // namespace

bool prepare_fault_injection()
{
    for (const char* kind : {"failslab", "fail_page_alloc"}) {
        const std::string base = std::string("/sys/kernel/debug/") + kind + "/";
        if (guest::write_file(base + "ignore-gfp-wait", "N") != 0 ||
            guest::write_file(base + "verbose", "0") != 0) {
            return false;
        }
    }
    guest::write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
    guest::write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
    guest::write_file("/sys/kernel/debug/fail_usercopy/verbose", "0");
    return ::access("/proc/thread-self/fail-nth", W_OK) == 0;
}

std::vector<attempt> fail_each(const std::function<int()>& operation,
                               const std::function<void()>& undo)
{
    const fail_switch nth_fails;
    std::vector<attempt> attempts;
    for (int nth = 1; nth <= most_allocations; nth++) {
        nth_fails.arm(nth);
        const int error = operation();
        const bool reached = nth_fails.disarm();
        attempts.push_back({nth, reached, error});
        if (error == 0) {
            undo();
        }
        if (!reached) {
            break;
        }
    }
    return attempts;
}

void clear_leaks()
{
    guest::write_file(leaks, "scan");
    guest::write_file(leaks, "clear");
}

std::string find_leaks()
{
    const guest::expected_reports counted = {"kmemleak: "}; // not whose they are
    // What a register or a stack still points to is found by a later scan.
    for (int i = 0; i < 2; i++) {
        ::sleep(6);
        guest::write_file(leaks, "scan");
    }
    std::ifstream in(leaks);
    std::string found;
    std::string object;
    const auto judge = [&] {
        if (is_ours(object)) {
            found += object;
        }
        object.clear();
    };
    for (std::string line; std::getline(in, line); object += line + '\n') {
        if (line.starts_with("unreferenced object")) {
            judge();
        }
    }
    judge();
    return found;
}

} // namespace debug
