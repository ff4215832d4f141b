// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace guest {

std::string program()
{
    auto build = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    while (build.has_relative_path() && !std::filesystem::exists(build / "tools/memlane")) {
        build = build.parent_path();
    }
    return build / "tools/memlane";
}

namespace {

int must(int result, const char* what)
{
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

/// A copy of the command with its library, made once, in a folder that any user may
/// enter: the tree itself may lie in one that is root's alone.
const std::filesystem::path& public_program()
{
    static const std::filesystem::path copy = [] {
        const std::filesystem::path original = program();
        const auto folder = std::filesystem::temp_directory_path() /
                            ("memlane-for-all-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
        std::filesystem::copy_file(original, folder / "memlane");
        std::filesystem::copy_file(original.parent_path().parent_path() / "lib/libmemlane.so.0",
                                   folder / "libmemlane.so.0");
        return folder / "memlane";
    }();
    return copy;
}

std::string content(int fd)
{
    std::string text;
    std::array<char, 4096> piece;
    off_t offset = 0;
    for (ssize_t got = 0; (got = ::pread(fd, piece.data(), piece.size(), offset)) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(got));
        offset += got;
    }
    return text;
}

void become(unsigned uid)
{
    if (uid != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(uid) != 0 || ::setuid(uid) != 0)) {
        ::_exit(126);
    }
}

void lose(int capability)
{
    if (capability >= 0 && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
        ::_exit(126);
    }
}

/// As at a shell's prompt, whatever this program itself was started to ignore.
void set_signals(const std::vector<int>& ignored)
{
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        ::signal(number, SIG_DFL);
    }
    for (const int number : ignored) {
        ::signal(number, SIG_IGN);
    }
}

[[noreturn]] void run_child(std::vector<std::string>& arguments, int out, int err,
                            const command_setting& setting)
{
    std::vector<char*> argv(arguments.size() + 1);
    std::transform(arguments.begin(), arguments.end(), argv.begin(),
                   [](std::string& each) { return each.data(); });
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (const int each : setting.closed) {
        ::close(each);
    }
    set_signals(setting.ignored);
    lose(setting.lost_capability);
    if (setting.uid != 0) {
        ::setenv("LD_LIBRARY_PATH", public_program().parent_path().c_str(), 1);
    }
    become(setting.uid);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

} // namespace

command::command(std::vector<std::string> arguments, const command_setting& setting)
    : out_(must(::memfd_create("out", MFD_CLOEXEC), "memfd_create")),
      err_(must(::memfd_create("err", MFD_CLOEXEC), "memfd_create"))
{
    arguments.insert(arguments.begin(), setting.uid == 0 ? program() : public_program().string());
    const int out = setting.out_fd >= 0 ? setting.out_fd : out_;
    pid_ = must(::fork(), "fork");
    if (pid_ == 0) {
        run_child(arguments, out, setting.err_fd >= 0 ? setting.err_fd : err_, setting);
    }
}

command::~command()
{
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

void command::signal(int number) const
{
    must(::kill(pid_, number), "kill");
}

command_result command::wait()
{
    int status = 0;
    must(::waitpid(std::exchange(pid_, -1), &status, 0), "waitpid");
    const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return {code, content(out_), content(err_)};
}

command_result memlane(std::vector<std::string> arguments, const command_setting& setting)
{
    return command(std::move(arguments), setting).wait();
}

} // namespace guest
