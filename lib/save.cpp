// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/units.hpp"
#include "meter.hpp"
#include "mover.hpp"
#include "stream.hpp"

namespace memlane {

using namespace detail;

namespace {

/** One save, from the open file to its final size. */
class save_run final {
public:
    save_run(const source& memory, const std::string& path, const transfer_options& options)
        : memory_(memory), options_(options),
          action_(fmt::format("save {} -> {}", memory.uri(), path)),
          range_(resolve_range(options, memory, rest_of_memory(), action_)),
          file_(path, file_use::target, options.file_mode),
          mover_(memory, file_, direction::save, range_, options, action_)
    {
    }

    transfer_result run()
    {
        const meter spent;
        prepare();
        const outcome moved = mover_.run(replaces_file());
        settle(moved.done_bytes);
        if (moved.errnum != 0 || moved.done_bytes < range_.length) {
            fail(error_of(moved), moved.done_bytes, aftermath(moved));
        }
        if (options_.sync) {
            sync();
        }
        return mover_.finish({spent.elapsed(), spent.cpu()});
    }

private:
    [[nodiscard]] std::uint64_t rest_of_memory() const
    {
        return rest_from(memory_.size_bytes(), options_.offset_bytes);
    }

    /** @return whether the file shall hold the saved bytes and nothing else. */
    [[nodiscard]] bool replaces_file() const
    {
        return file_.kind() == file_kind::regular && !options_.file_offset_bytes;
    }

    void prepare()
    {
        if (file_.kind() != file_kind::regular) {
            return;
        }
        if (replaces_file()) {
            file_.truncate(0);
        }
        kept_bytes_ = file_.size_bytes();
        if (mover_.chosen().used->kind() != way_kind::buffered) {
            // A failure costs speed only. Where space is short this is how as
            // much is saved as fits.
            static_cast<void>(file_.preallocate(range_.file_offset, range_.length));
        }
    }

    /** Cuts the file behind its last valid byte; without one, a new file goes. */
    void settle(std::uint64_t valid_bytes)
    {
        if (valid_bytes != 0 || range_.length == 0) {
            file_.keep();
        }
        const std::uint64_t end = valid_bytes != 0 ? range_.file_offset + valid_bytes : 0;
        file_.truncate(std::max(kept_bytes_, end));
    }

    void sync()
    {
        try {
            file_.sync();
        } catch (const std::system_error& e) {
            fail(e.code().value(), range_.length, "how much of it is on the device is not known");
        }
    }

    /** Writing to a disk that is gone is ENOSPC, since its size is 0 then. */
    [[nodiscard]] int error_of(const outcome& moved) const
    {
        if (file_.is_gone()) {
            return ENODEV;
        }
        return moved.errnum != 0 ? moved.errnum : ENOSPC;
    }

    /** What the file is left with, and what else there is to know. */
    [[nodiscard]] std::string aftermath(const outcome& moved) const
    {
        return moved.with_note(what_is_left(moved));
    }

    [[nodiscard]] std::string what_is_left(const outcome& moved) const
    {
        if (file_.is_gone()) {
            return "the device was removed";
        }
        const char* const holder =
            file_.kind() == file_kind::block_device ? "the device" : "the file";
        if (moved.done_bytes != 0) {
            return fmt::format("{} holds those {}", holder, format_bytes(moved.done_bytes));
        }
        if (file_.created()) {
            return "the new file was removed";
        }
        return replaces_file() ? "the file is empty now" : fmt::format("{} has none of it", holder);
    }

    [[noreturn]] void fail(int errnum, std::uint64_t done_bytes, const std::string& aftermath)
    {
        throw transfer_error(errnum, action_, done_bytes, range_.length, aftermath);
    }

    const source& memory_;
    const transfer_options& options_;
    std::string action_;
    byte_range range_;
    direct_file file_;
    mover mover_;
    std::uint64_t kept_bytes_ = 0; // the file never gets shorter than this
};

} // namespace

transfer_result save(const source& memory, const std::string& path, const transfer_options& options)
{
    if (const unique_fd stream = open_stream(path, access_mode::read_write); stream.get() >= 0) {
        return save_stream(memory, stream.get(), path, options);
    }
    return save_run(memory, path, options).run();
}

} // namespace memlane
