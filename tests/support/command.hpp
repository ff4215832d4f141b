// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// Running the memlane command as a user does, and looking at what comes out.
#ifndef MEMLANE_TESTS_SUPPORT_COMMAND_HPP
#define MEMLANE_TESTS_SUPPORT_COMMAND_HPP

#include <string>
#include <vector>

#include <sys/types.h>

namespace guest {

/// @return build/PRESET/tools/memlane; this program is somewhere in build/PRESET.
std::string program();

/// How a command ended.
struct command_result {
    int status; ///< exit status, or 128 + signal
    std::string out;
    std::string err;
};

/// What a command runs with.
struct command_setting {
    int out_fd = -1;               ///< standard output, instead of one that is collected
    unsigned uid = 0;              ///< the user, if not 0; without any capability then
    int lost_capability = -1;      ///< a CAP_* that even root does not have, if not -1
    int err_fd = -1;               ///< standard error, instead of one that is collected
    std::vector<int> closed = {};  ///< of standard input, output and error
    std::vector<int> ignored = {}; ///< signals, as nohup and shells do; others are not
};

/// The memlane of this build, running. Killed at scope end if it still is.
class command {
public:
    explicit command(std::vector<std::string> arguments, const command_setting& setting = {});
    command(const command&) = delete;
    command& operator=(const command&) = delete;
    ~command();

    void signal(int number) const;
    /// @return its process, until wait().
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// @return how it ended, once it has.
    command_result wait();

private:
    int out_;
    int err_;
    pid_t pid_;
};

/// Runs memlane with @p arguments to its end.
command_result memlane(std::vector<std::string> arguments, const command_setting& setting = {});

} // namespace guest

#endif
