// SPDX-License-Identifier: GPL-2.0-or-later
#include "busy_clock.hpp"

#include "clock.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void spin(volatile std::uint64_t& turns)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const sched_param none = {};
    ::sched_setscheduler(0, SCHED_IDLE, &none);
    for (;;) {
        turns = turns + 1;
    }
}

/// Makes a CPU that idles add what it has idled so far to its sum.
void wake_every_cpu()
{
    cpu_set_t all;
    if (::sched_getaffinity(0, sizeof(all), &all) != 0) {
        fail("sched_getaffinity");
    }
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &all)) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            ::sched_setaffinity(0, sizeof(one), &one);
        }
    }
    ::sched_setaffinity(0, sizeof(all), &all);
}

/// The only file that has it in nanoseconds.
double idle_seconds()
{
    wake_every_cpu();
    std::ifstream list("/proc/timer_list");
    double nanoseconds = 0;
    int found = 0;
    for (std::string line; std::getline(list, line);) {
        if (line.find("idle_sleeptime") != std::string::npos ||
            line.find("iowait_sleeptime") != std::string::npos) {
            nanoseconds += std::stod(line.substr(line.find(':') + 1));
            ++found;
        }
    }
    if (found == 0) {
        throw std::runtime_error("/proc/timer_list tells no idle time");
    }
    return nanoseconds * 1e-9;
}

} // namespace

busy_clock::busy_clock()
{
    void* const page =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        fail("mmap");
    }
    turns_ = static_cast<volatile std::uint64_t*>(page);
    child_ = ::fork();
    if (child_ < 0) {
        fail("fork");
    }
    if (child_ == 0) {
        spin(*turns_);
    }
    // Its share of the timer's interrupts is in this, and so goes with it.
    const auto idle = std::chrono::milliseconds(300);
    std::this_thread::sleep_for(idle); // it spins by now
    const double before = turns();
    const double start = bench::now();
    std::this_thread::sleep_for(idle);
    instructions_a_turn_ = (bench::now() - start) / (turns() - before);
}

busy_clock::~busy_clock()
{
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::munmap(const_cast<std::uint64_t*>(turns_), 4096);
}

double busy_clock::turns() const
{
    return static_cast<double>(*turns_);
}

double busy_clock::now() const
{
    return bench::now() - turns() * instructions_a_turn_;
}

double busy_seconds()
{
    const double idle = idle_seconds();
    return bench::now() * 1e-9 * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)) - idle;
}

} // namespace bench
