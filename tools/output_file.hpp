// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TOOLS_OUTPUT_FILE_HPP
#define MEMLANE_TOOLS_OUTPUT_FILE_HPP

#include <unistd.h>

#include <cstdint>
#include <string>

#include "memlane/direct_file.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane::tool {

/**
 * A file that is there when all of it is: a regular one is written under
 * another name beside its own, which is gone if it comes to nothing. Standard
 * output, a FIFO and a device are written as they are.
 */
class output_file final {
public:
    /**
     * In a folder that is sticky, as /tmp is, it does not follow a symbolic link, which
     * anybody may have put there: the file takes its place.
     *
     * @param path or "-" for standard output
     * @param mode permissions of a file that is made, whatever the umask
     * @throws error those of open(2); ENODEV as refuse_new_device()
     */
    explicit output_file(std::string path, std::uint32_t mode = private_mode);
    output_file(const output_file&) = delete;
    output_file& operator=(const output_file&) = delete;
    ~output_file();

    [[nodiscard]] int fd() const noexcept { return fd_; }

    /** Makes it what @p path names. @throws error those of fsync(2) and rename(2) */
    void commit();

    /** @throws error @p errnum, which writing it gave */
    [[noreturn]] void fail(int errnum) const;

private:
    /** Opens the file under its temporary name. @param mode its permissions */
    void open_beside(unsigned mode);

    std::string path_;
    std::string temporary_; // or nothing
    unique_fd owned_;
    int fd_ = STDOUT_FILENO;
};

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_OUTPUT_FILE_HPP
