// SPDX-License-Identifier: LGPL-2.1-or-later
#include "index_writer.hpp"

#include <sys/file.h>

#include <algorithm>
#include <cerrno>

#include "memlane/error.hpp"
#include "memory_io.hpp"
#include "recording_format.hpp"

namespace memlane::detail {

namespace {

constexpr std::size_t buffered_bytes = 1U << 20U;

} // namespace

index_writer::index_writer(const std::string& base, int from, std::uint64_t bytes)
    : file_(index_path(base))
{
    if (::flock(file_.fd(), LOCK_EX | LOCK_NB) != 0) {
        throw_error(errno, "lock", "file", file_.path());
    }
    while (written_ < bytes) {
        buffer_.resize(
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes - written_, buffered_bytes)));
        const outcome got = read_at(from, buffer_, written_);
        if (got.done_bytes != buffer_.size()) {
            throw_error(got.errnum != 0 ? got.errnum : EBADMSG, "copy", "file", index_path(base));
        }
        flush();
    }
}

void index_writer::add(std::span<const std::byte> record)
{
    buffer_.insert(buffer_.end(), record.begin(), record.end());
    if (buffer_.size() >= buffered_bytes) {
        flush();
    }
}

void index_writer::flush()
{
    file_.write(buffer_, written_);
    written_ += buffer_.size();
    buffer_.clear();
}

void index_writer::take_its_place()
{
    flush();
    file_.sync();
    file_.take_its_place();
}

} // namespace memlane::detail
