// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recorded_bytes.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "memlane/error.hpp"
#include "memlane/frame_stamp.hpp"

namespace memlane::detail {

namespace {

fault too_short(std::uint64_t size)
{
    return {.kind = finding_kind::raw_short,
            .text = fmt::format("the file ends at {}, in front of the frame's end", size)};
}

std::optional<fault> fault_of(stamp_verdict verdict)
{
    switch (verdict) {
    case stamp_verdict::good:
        return std::nullopt;
    case stamp_verdict::missing:
        return fault{finding_kind::stamp_missing, "the frame does not begin with its stamp"};
    case stamp_verdict::other:
        return fault{finding_kind::stamp_other, "the bytes are another frame's"};
    default:
        return fault{finding_kind::stamp_damaged, "the bytes are not those that were stamped"};
    }
}

} // namespace

void recorded_bytes::open(std::uint32_t file)
{
    if (number_ == file) {
        return;
    }
    number_ = file;
    file_.reset();
    try {
        file_.emplace(raw_path(base_, file));
    } catch (const error& e) {
        switch (e.code().value()) {
        case ENOENT:
            absence_ = "the file is missing";
            return;
        case EISDIR:
        case EINVAL:
        case ENXIO: // a socket
            absence_ = "it is no regular file";
            return;
        default:
            number_.reset();
            throw;
        }
    }
}

std::optional<fault> recorded_bytes::examine(const index_record& which)
{
    open(which.file);
    if (grows_ && file_ &&
        !is_inside(which.offset_bytes, which.what.length_bytes, file_->size_bytes())) {
        number_.reset();
        open(which.file);
    }
    if (!file_) {
        return fault{finding_kind::raw_missing, absence_};
    }
    if (!is_inside(which.offset_bytes, which.what.length_bytes, file_->size_bytes())) {
        return too_short(file_->size_bytes());
    }
    if (!data_ || (which.what.flags & frame_flag::stamped) == 0) {
        return std::nullopt;
    }
    auto found = examine_stamp(which);
    verified_ += found ? 0U : 1U;
    return found;
}

std::optional<fault> recorded_bytes::examine_stamp(const index_record& which)
{
    if (grows_) {
        file_->forget(); // what is behind a frame may not have been written when it was read
    }
    try {
        const std::uint32_t length = which.what.length_bytes;
        const auto bytes =
            file_->read(which.offset_bytes, length, grows_ ? 0 : round_up(length, block_bytes_));
        return bytes.size() == length ? fault_of(check_stamp(bytes, which.what.sequence))
                                      : too_short(which.offset_bytes + bytes.size());
    } catch (const error& e) {
        if (e.code().value() != EIO) {
            throw;
        }
        return fault{finding_kind::unreadable, describe_errno(EIO)};
    }
}

std::optional<std::uint64_t> raw_size(const std::string& base, std::uint32_t file)
{
    const std::string path = raw_path(base, file);
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) {
            return std::nullopt;
        }
        throw_error(errno, "measure", "file", path);
    }
    return S_ISREG(status.st_mode) ? std::optional(static_cast<std::uint64_t>(status.st_size))
                                   : std::nullopt;
}

std::uint64_t raw_sizes(const std::string& base)
{
    std::uint64_t sum = 0;
    std::uint32_t file = 0;
    while (const auto size = raw_size(base, file++)) {
        sum += *size;
    }
    return sum;
}

} // namespace memlane::detail
