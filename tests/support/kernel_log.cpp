// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "guest.hpp"

namespace guest {

namespace {

/** A report and the trace that follows it; more only hides the test's own output. */
constexpr std::size_t quoted_lines = 60;

/** Around reports that are expected; scripts/lib/guest-session.sh knows them too. */
constexpr const char* expected_from = "memlane tests: reports are expected";
constexpr const char* expected_until = "memlane tests: no more reports are expected";

std::vector<std::string>& expected_texts()
{
    static std::vector<std::string> texts;
    return texts;
}

bool is_expected(const std::string& report)
{
    return std::ranges::any_of(expected_texts(), [&](const std::string& text) {
        return report.find(text) != std::string::npos;
    });
}

std::vector<std::regex> load_patterns()
{
    std::ifstream file(MEMLANE_KERNEL_REPORTS);
    std::vector<std::regex> patterns;
    for (std::string line; std::getline(file, line);) {
        patterns.emplace_back(line, std::regex::extended | std::regex::optimize);
    }
    if (patterns.empty()) {
        throw std::runtime_error("no patterns in " MEMLANE_KERNEL_REPORTS);
    }
    return patterns;
}

/** "6,339,5140900,-;text\n KEY=value\n" -> "text" */
std::string message_of(std::string_view record)
{
    record.remove_prefix(std::min(record.find(';') + 1, record.size()));
    return std::string(record.substr(0, record.find('\n')));
}

} // namespace

bool is_kernel_report(std::string_view message)
{
    static const std::vector<std::regex> patterns = load_patterns();
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::regex& pattern) {
        return std::regex_search(message.begin(), message.end(), pattern);
    });
}

kernel_log::kernel_log() : fd_(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC))
{
    if (fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "open /dev/kmsg");
    }
    ::lseek(fd_, 0, SEEK_END);
}

kernel_log::~kernel_log()
{
    ::close(fd_);
}

std::vector<std::string> kernel_log::read()
{
    std::vector<std::string> messages;
    std::array<char, 8192> record = {};
    for (;;) {
        const ssize_t length = ::read(fd_, record.data(), record.size());
        if (length > 0) {
            messages.push_back(message_of({record.data(), static_cast<std::size_t>(length)}));
        } else if (length == 0 || errno != EPIPE) { // EPIPE: the log lost its oldest records
            return messages;
        }
    }
}

expected_reports::expected_reports(std::initializer_list<const char*> of)
{
    expected_texts().insert(expected_texts().end(), of.begin(), of.end());
    write_file("/dev/kmsg", expected_from);
}

expected_reports::~expected_reports()
{
    write_file("/dev/kmsg", expected_until);
}

void kernel_log_listener::OnTestEnd(const testing::TestInfo& /*test*/)
{
    std::string report;
    bool expected = false;
    const auto judge = [&] {
        if (!report.empty() && !(expected && is_expected(report))) {
            ADD_FAILURE() << "the kernel logged:\n" << report;
        }
        report.clear();
    };
    std::size_t lines = 0;
    for (const std::string& message : log_.read()) {
        const bool begins = is_kernel_report(message);
        if (begins || message == expected_from || message == expected_until) {
            judge();
            lines = 0;
        }
        expected = message == expected_from || (expected && message != expected_until);
        if (begins || (!report.empty() && lines < quoted_lines)) {
            report += message + '\n';
            ++lines;
        }
    }
    judge();
}

} // namespace guest
