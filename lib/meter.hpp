// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_LIB_METER_HPP
#define MEMLANE_LIB_METER_HPP

#include <sys/resource.h>

#include <chrono>

namespace memlane::detail {

/** What the process has spent since the object was made. */
class meter final {
public:
    /** @return time on the wall. */
    [[nodiscard]] std::chrono::nanoseconds elapsed() const
    {
        return std::chrono::steady_clock::now() - start_;
    }

    /** @return time on CPUs, of all threads, and the kernel's for them. */
    [[nodiscard]] std::chrono::nanoseconds cpu() const { return cpu_now() - cpu_start_; }

private:
    static std::chrono::nanoseconds cpu_now()
    {
        rusage used = {};
        ::getrusage(RUSAGE_SELF, &used);
        return to_duration(used.ru_utime) + to_duration(used.ru_stime);
    }

    static std::chrono::nanoseconds to_duration(const timeval& time)
    {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    }

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::nanoseconds cpu_start_ = cpu_now();
};

} // namespace memlane::detail

#endif // MEMLANE_LIB_METER_HPP
