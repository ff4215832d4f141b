// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "block.hpp"
#include "memlane/error.hpp"
#include "memory_io.hpp"

namespace memlane::detail {

namespace {

constexpr std::size_t buffer_bytes = 1U << 20U;

class verifier final {
public:
    verifier(const source& memory, direct_file& file, const byte_range& range)
        : memory_(memory), io_(memory), file_(file), range_(range), stored_(buffer_bytes),
          copied_(buffer_bytes)
    {
        if (file_.can_direct()) {
            file_.set_direct(true);
        }
    }

    /** Compares what one read gives. @return bytes of the file, all equal to the memory's */
    std::span<const std::byte> step(std::uint64_t done)
    {
        const std::span<const std::byte> stored = read_file(done);
        const auto copied = copied_.bytes().first(stored.size());
        if (const outcome got = io_.copy_out(range_.offset + done, copied); got.errnum != 0) {
            fail(got.errnum, got.note);
        }
        const auto [differs, with] = std::mismatch(stored.begin(), stored.end(), copied.begin());
        if (differs != stored.end()) {
            const auto index = static_cast<std::uint64_t>(differs - stored.begin());
            fail(EBADMSG,
                 fmt::format("the first difference is at file offset {}: the memory has "
                             "{:#04x}, the file {:#04x}",
                             range_.file_offset + done + index, std::to_integer<unsigned>(*with),
                             std::to_integer<unsigned>(*differs)));
        }
        return stored;
    }

    [[noreturn]] void fail(int errnum, const std::string& detail) const
    {
        throw_error(errnum, "verify", memory_.uri() + " ->", file_.path(), detail);
    }

private:
    /** @return bytes of the file from @p done on, at least one. */
    std::span<const std::byte> read_file(std::uint64_t done)
    {
        const std::uint64_t wanted = range_.file_offset + done;
        const std::uint64_t alignment = std::max<std::uint64_t>(file_.alignment_bytes(), 1);
        const auto lead = static_cast<std::size_t>(wanted % alignment);
        const outcome got = read_at(file_.fd(), stored_.bytes(), wanted - lead);
        if (got.errnum != 0) {
            fail(got.errnum, fmt::format("at file offset {}", wanted));
        }
        if (got.done_bytes <= lead) {
            fail(EBADMSG, fmt::format("the file ends at {}", wanted - lead + got.done_bytes));
        }
        const auto length = std::min(got.done_bytes - lead, range_.length - done);
        return stored_.bytes().subspan(lead, static_cast<std::size_t>(length));
    }

    const source& memory_;
    memory_io io_;
    direct_file& file_;
    byte_range range_;
    aligned_buffer stored_;
    aligned_buffer copied_;
};

} // namespace

void verify(const source& memory, direct_file& file, const byte_range& range, const watch& observer,
            digest* sum)
{
    verifier checker(memory, file, range);
    std::uint64_t done = 0;
    while (done < range.length) {
        if (observer.stopped()) {
            checker.fail(EINTR, "the transfer itself was complete");
        }
        const std::span<const std::byte> equal = checker.step(done);
        if (sum != nullptr) {
            sum->update(equal);
        }
        done += equal.size();
        observer.report(done);
    }
}

} // namespace memlane::detail
