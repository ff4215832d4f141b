// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_SUPPORT_SCRATCH_DIR_HPP
#define MEMLANE_TESTS_SUPPORT_SCRATCH_DIR_HPP

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace guest {

/// A directory beside the test program, where the disk is a real one; /tmp may
/// be a tmpfs. Gone at scope end.
class scratch_dir {
public:
    scratch_dir()
    {
        const auto self = std::filesystem::read_symlink("/proc/self/exe");
        path_ = self.string() + ".XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), path_);
        }
    }
    scratch_dir(const scratch_dir&) = delete;
    scratch_dir& operator=(const scratch_dir&) = delete;
    ~scratch_dir()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

} // namespace guest

#endif
