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

namespace guest {

namespace {

/** A report and the trace that follows it; more only hides the test's own output. */
constexpr std::ptrdiff_t quoted_lines = 60;

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

void kernel_log_listener::OnTestEnd(const testing::TestInfo& /*test*/)
{
    const std::vector<std::string> messages = log_.read();
    auto line = std::find_if(messages.begin(), messages.end(), is_kernel_report);
    while (line != messages.end()) {
        const auto next = std::find_if(line + 1, messages.end(), is_kernel_report);
        std::string quoted;
        const auto end = line + std::min(next - line, quoted_lines);
        for (; line != end; ++line) {
            quoted += *line + '\n';
        }
        const bool ours =
            std::none_of(forgiven_.begin(), forgiven_.end(), [&](const std::string& text) {
                return quoted.find(text) != std::string::npos;
            });
        if (ours) {
            ADD_FAILURE() << "the kernel logged:\n" << quoted;
        }
        line = next;
    }
    forgiven_.clear();
}

void kernel_log_listener::forgive(std::string_view text)
{
    forgiven_.emplace_back(text);
}

std::vector<std::string> kernel_log_listener::forgiven_;

} // namespace guest
