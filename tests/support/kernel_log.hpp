// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_SUPPORT_KERNEL_LOG_HPP
#define MEMLANE_TESTS_SUPPORT_KERNEL_LOG_HPP

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace guest {

/**
 * @param message one line of the kernel log, without time and level
 * @return whether the kernel begins a report of a bug with it: a warning, an
 *         oops, or what lockdep, KASAN, UBSAN and their like found. The patterns
 *         are those of scripts/lib/kernel-reports.ere.
 */
[[nodiscard]] bool is_kernel_report(std::string_view message);

/** The messages that reach the kernel log from construction on. */
class kernel_log final {
public:
    /** @throws std::system_error if /dev/kmsg cannot be opened */
    kernel_log();
    kernel_log(const kernel_log&) = delete;
    kernel_log& operator=(const kernel_log&) = delete;
    ~kernel_log();

    /** @return the messages since the last call, one a line */
    [[nodiscard]] std::vector<std::string> read();

private:
    int fd_;
};

/**
 * While it lives, reports with one of the given texts in them are not ours, and
 * expected: neither the listener nor scripts/vm minds them.
 */
class expected_reports final {
public:
    expected_reports(std::initializer_list<const char*> of);
    expected_reports(const expected_reports&) = delete;
    expected_reports& operator=(const expected_reports&) = delete;
    ~expected_reports();
};

/** Fails each test during which the kernel reported a bug. */
class kernel_log_listener final : public testing::EmptyTestEventListener {
public:
    void OnTestEnd(const testing::TestInfo& test) override;

private:
    kernel_log log_;
};

} // namespace guest

#endif
