// SPDX-License-Identifier: GPL-2.0-or-later
#include "play_target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "frame.hpp"
#include "memlane/error.hpp"
#include "memlane/frame_producer.hpp"
#include "memlane/frame_stamp.hpp"
#include "memlane/region_status.hpp"
#include "memlane/screen.hpp"

namespace memlane::tool {

namespace {

[[noreturn]] void refuse_length(const std::string& name, std::uint64_t length, std::uint64_t room)
{
    throw_error(ERANGE, "play to", "target", name,
                fmt::format("a frame has {} bytes, there is room for {}", length, room));
}

/** @return the part of a picture that is in every row; nothing beyond the end of @p bytes. */
std::span<const std::byte> row_of(const recorded_picture& picture, std::span<const std::byte> bytes,
                                  std::uint32_t row)
{
    const auto start = static_cast<std::size_t>(std::uint64_t{picture.stride_bytes} * row);
    const std::size_t width = picture.size.width * layout_of(picture.format).bytes();
    const auto from = bytes.subspan(std::min(bytes.size(), start));
    return from.first(std::min(from.size(), width));
}

/** Frames one behind the other, pictures without what is between their rows. */
class stream_target final : public play_target {
public:
    explicit stream_target(const recording_info& info) : picture_(info.picture) {}

    void show(const frame& /*what*/, std::span<const std::byte> bytes) override
    {
        if (!picture_) {
            write(bytes);
            return;
        }
        packed_.clear();
        for (std::uint32_t row = 0; row < picture_->size.height; ++row) {
            const auto pixels = row_of(*picture_, bytes, row);
            packed_.insert(packed_.end(), pixels.begin(), pixels.end());
        }
        write(packed_);
    }

private:
    /** A signal ends it in the middle of a frame: there may be nobody who reads. */
    static void write(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            const ssize_t done = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
            if (done < 0) {
                throw error(errno, "write standard output");
            }
            bytes = bytes.subspan(static_cast<std::size_t>(done));
        }
    }

    std::optional<recorded_picture> picture_;
    std::vector<std::byte> packed_;
};

/** A slot for each frame. */
class ring_target final : public play_target {
public:
    ring_target(const std::string& name, const recording_info& info)
        : producer_(name), lost_before_(producer_.status().dropped)
    {
        if (info.slot_bytes > producer_.slot_bytes() && info.picture) {
            refuse_length(producer_.uri(), info.slot_bytes, producer_.slot_bytes());
        }
    }

    void show(const frame& what, std::span<const std::byte> bytes) override
    {
        const auto slot = producer_.bytes();
        if (bytes.size() > slot.size()) {
            refuse_length(producer_.uri(), bytes.size(), slot.size());
        }
        std::ranges::copy(bytes, slot.begin());
        static_cast<void>(
            producer_.commit(what.length_bytes, restamp(what, slot.first(bytes.size()))));
    }

    [[nodiscard]] std::uint64_t dropped() const override
    {
        return producer_.status().dropped - lost_before_;
    }

private:
    /**
     * A stamp has the number that the frame had; here it gets another. One that
     * was damaged must not get a stamp that says otherwise.
     *
     * @return the frame's flags
     */
    [[nodiscard]] std::uint32_t restamp(const frame& what, std::span<std::byte> bytes) const
    {
        const std::uint32_t known = what.flags & (frame_flag::error | frame_flag::stamped);
        if ((known & frame_flag::stamped) == 0) {
            return known;
        }
        if (check_stamp(bytes, what.sequence) != stamp_verdict::good) {
            return (known & ~frame_flag::stamped) | frame_flag::error;
        }
        stamp_frame(bytes, producer_.next_sequence());
        return known;
    }

    frame_producer producer_;
    std::uint64_t lost_before_;
};

/** A flip for each picture, where there are pages. */
class screen_target final : public play_target {
public:
    screen_target(const std::string& name, const recorded_picture& picture)
        : name_(name), picture_(picture), screen_(name, access_mode::read_write)
    {
        const screen_mode mode = screen_.mode();
        if (mode.size != picture.size || format_of(mode.layout) != picture.format) {
            throw_error(EINVAL, "play to", "screen", name,
                        fmt::format("it is {}, the recording {} {}", mode_label(mode),
                                    size_label(picture.size), to_string(picture.format)));
        }
        mode_ = mode;
        pages_.resize(mode.pages);
    }

    void show(const frame& /*what*/, std::span<const std::byte> bytes) override
    {
        if (mode_.pages == 1) {
            draw(0, bytes);
            return;
        }
        const std::uint32_t hidden = (screen_.mode().page + 1) % mode_.pages;
        draw(hidden, bytes);
        screen_.show_page(hidden);
        wait_for_refresh();
    }

private:
    void draw(std::uint32_t number, std::span<const std::byte> bytes)
    {
        std::optional<memory_writer>& page = pages_[number];
        if (!page) {
            page = frame_writer(screen_, mode_,
                                mode_.pages == 1 ? mode_.offset_bytes : page_offset(mode_, number));
        }
        for (std::uint32_t row = 0; row < mode_.size.height; ++row) {
            page->write(mode_.stride_bytes * row, row_of(picture_, bytes, row));
        }
    }

    /** Before that, the page that was shown is still being read. */
    void wait_for_refresh()
    {
        try {
            static_cast<void>(screen_.wait_for_refresh());
        } catch (const error& e) {
            // A signal, of which the flag to stop knows.
            if (e.code().value() != EINTR) {
                throw;
            }
        }
    }

    std::string name_;
    recorded_picture picture_;
    screen screen_;
    screen_mode mode_ = {};
    std::vector<std::optional<memory_writer>> pages_;
};

/** Each frame at the start of the memory. */
class memory_target final : public play_target {
public:
    memory_target(const std::string& name, const recording_info& info)
        : memory_(open_source(name, access_mode::read_write)),
          room_(std::min<std::uint64_t>(info.slot_bytes, memory_->size_bytes())),
          bytes_(*memory_, 0, room_)
    {
    }

    void show(const frame& /*what*/, std::span<const std::byte> bytes) override
    {
        if (bytes.size() > room_) {
            refuse_length(memory_->uri(), bytes.size(), room_);
        }
        bytes_.write(0, bytes);
    }

private:
    std::unique_ptr<source> memory_;
    std::uint64_t room_;
    memory_writer bytes_;
};

/** @return what the driver knows of a source, if it is a region. */
std::optional<region_status> status_of(const std::string& uri)
{
    constexpr std::string_view prefix = "memlane:";
    return uri.starts_with(prefix) ? std::optional(read_status(region_name(uri))) : std::nullopt;
}

} // namespace

std::unique_ptr<play_target> open_play_target(const std::string& name, const recording_info& info)
{
    if (name == "-") {
        return std::make_unique<stream_target>(info);
    }
    const auto status = status_of(name);
    if (status && status->ring) {
        return std::make_unique<ring_target>(name, info);
    }
    const bool is_screen = name.starts_with("fb:") || (status && status->screen);
    if (is_screen && info.picture) {
        return std::make_unique<screen_target>(name, *info.picture);
    }
    return std::make_unique<memory_target>(name, info);
}

} // namespace memlane::tool
