// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "block.hpp"
#include "memlane/error.hpp"

namespace memlane::detail {

namespace {

constexpr std::size_t buffer_bytes = 1U << 20U;

class verifier final {
public:
    verifier(const memory& mem, direct_file& file, const byte_range& range)
        : mem_(mem), file_(file), range_(range), buffer_(buffer_bytes)
    {
        if (file_.can_direct()) {
            file_.set_direct(true);
        }
    }

    /** Compares what one read gives. @return bytes compared, all equal */
    std::uint64_t step(std::uint64_t done)
    {
        const std::span<const std::byte> stored = read_file(done);
        const mapping part(mem_.fd, range_.offset + done, stored.size(), access_mode::read_only);
        const auto [differs, with] =
            std::mismatch(stored.begin(), stored.end(), part.bytes().begin());
        if (differs != stored.end()) {
            const auto index = static_cast<std::uint64_t>(differs - stored.begin());
            fail(EBADMSG,
                 fmt::format("the first difference is at file offset {}: the region has "
                             "{:#04x}, the file {:#04x}",
                             range_.file_offset + done + index, std::to_integer<unsigned>(*with),
                             std::to_integer<unsigned>(*differs)));
        }
        return stored.size();
    }

    [[noreturn]] void fail(int errnum, const std::string& detail) const
    {
        throw_error(errnum, "verify", mem_.label + " ->", file_.path(), detail);
    }

private:
    /** @return bytes of the file from @p done on, at least one. */
    std::span<const std::byte> read_file(std::uint64_t done)
    {
        const std::uint64_t wanted = range_.file_offset + done;
        const std::uint64_t alignment = std::max<std::uint64_t>(file_.alignment_bytes(), 1);
        const auto lead = static_cast<std::size_t>(wanted % alignment);
        const outcome got = read_at(file_.fd(), buffer_.bytes(), wanted - lead);
        if (got.errnum != 0) {
            fail(got.errnum, fmt::format("at file offset {}", wanted));
        }
        if (got.done_bytes <= lead) {
            fail(EBADMSG, fmt::format("the file ends at {}", wanted - lead + got.done_bytes));
        }
        const auto length = std::min(got.done_bytes - lead, range_.length - done);
        return buffer_.bytes().subspan(lead, static_cast<std::size_t>(length));
    }

    const memory& mem_;
    direct_file& file_;
    byte_range range_;
    aligned_buffer buffer_;
};

} // namespace

void verify(const memory& mem, direct_file& file, const byte_range& range, const watch& observer)
{
    verifier checker(mem, file, range);
    std::uint64_t done = 0;
    while (done < range.length) {
        if (observer.stopped()) {
            checker.fail(EINTR, "the transfer itself was complete");
        }
        done += checker.step(done);
        observer.report(done);
    }
}

} // namespace memlane::detail
