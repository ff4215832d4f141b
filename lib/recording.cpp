// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/recording.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "index_reader.hpp"
#include "memlane/error.hpp"
#include "raw_reader.hpp"
#include "recording_meta.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

[[noreturn]] void throw_bad(const std::string& path, std::string_view why)
{
    throw_error(EBADMSG, "read", "recording", path, why);
}

bool has_files(const std::string& base)
{
    return detail::exists(detail::index_path(base)) || detail::exists(detail::json_path(base));
}

} // namespace

std::string recording_base(const std::string& path)
{
    if (has_files(path)) {
        return path;
    }
    for (const std::string_view suffix : {".json", ".index", ".raw"}) {
        if (path.ends_with(suffix)) {
            return path.substr(0, path.size() - suffix.size());
        }
    }
    return path;
}

struct recording::state {
    explicit state(const std::string& path)
        : base(recording_base(path)), info(detail::read_meta(base)), index(base)
    {
        const auto header = index.header();
        if (!header) {
            throw_bad(index.path(), "its header is damaged");
        }
        if (detail::to_hex(header->id) != info.id) {
            throw_bad(index.path(),
                      fmt::format("it is of another recording than {}", detail::json_path(base)));
        }
        id = header->id;
        block_bytes = header->block_bytes;
    }

    /** @return nothing when the file does not hold all of it. */
    std::span<const std::byte> read(const recorded_frame& which)
    {
        const std::uint32_t length = which.what.length_bytes;
        if (!raw || raw_number != which.file) {
            raw.reset();
            raw.emplace(detail::raw_path(base, which.file));
            raw_number = which.file;
        }
        if (!detail::is_inside(which.offset_bytes, length, raw->size_bytes())) {
            return {};
        }
        // What is behind the frame may not have been written yet.
        const bool grows = info.state == recording_state::recording;
        if (grows) {
            raw->forget();
        }
        return raw->read(which.offset_bytes, length,
                         grows ? 0 : detail::round_up(length, block_bytes));
    }

    std::string base;
    recording_info info;
    detail::index_reader index;
    detail::recording_id id = {};
    std::uint32_t block_bytes = 1;
    std::optional<detail::raw_reader> raw; // the file that was read from last
    std::uint32_t raw_number = 0;
};

recording::recording(const std::string& path) : state_(std::make_unique<state>(path)) {}
recording::recording(recording&&) noexcept = default;
recording& recording::operator=(recording&&) noexcept = default;
recording::~recording() = default;

const std::string& recording::base() const noexcept
{
    return state_->base;
}

const recording_info& recording::info() const noexcept
{
    return state_->info;
}

std::uint64_t recording::frames() const
{
    return state_->index.records();
}

std::optional<recorded_frame> recording::next()
{
    detail::index_reader& index = state_->index;
    const std::uint64_t number = index.position();
    const auto bytes = index.next();
    if (bytes.empty()) {
        return std::nullopt;
    }
    if (bytes.size() == detail::index_record_bytes) {
        const auto record =
            detail::decode_record(bytes.first<detail::index_record_bytes>(), state_->id);
        if (record) {
            return recorded_frame{record->what, record->file, record->offset_bytes};
        }
    }
    index.forget(number);
    if (state_->info.state != recording_state::recording) {
        throw_bad(index.path(), fmt::format("its record {} is damaged", number));
    }
    return std::nullopt;
}

void recording::seek(std::uint64_t number) noexcept
{
    state_->index.seek(number);
}

std::span<const std::byte> recording::read(const recorded_frame& which)
{
    auto bytes = state_->read(which);
    if (bytes.size() != which.what.length_bytes) {
        state_->raw.reset(); // it may have grown
        bytes = state_->read(which);
    }
    if (bytes.size() != which.what.length_bytes) {
        throw_bad(detail::raw_path(state_->base, which.file),
                  fmt::format("it ends in front of the end of frame {}", which.what.sequence));
    }
    return bytes;
}

} // namespace memlane
