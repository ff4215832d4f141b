// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_RECORDING_HPP
#define MEMLANE_RECORDING_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "memlane/frame.hpp"
#include "memlane/recording_info.hpp"

namespace memlane {

/** A frame, and where its bytes are. */
struct recorded_frame {
    frame what;                 /**< all but the slot */
    std::uint32_t file;         /**< 0: OUT.raw, 1: OUT.1.raw... */
    std::uint64_t offset_bytes; /**< in that file */

    friend bool operator==(const recorded_frame&, const recorded_frame&) = default;
};

/**
 * @param path OUT, or one of OUT.json, OUT.index and OUT.raw
 * @return OUT. A name that ends like one of them but has an index or a JSON of
 *         its own behind that is taken for OUT.
 */
[[nodiscard]] std::string recording_base(const std::string& path);

/**
 * A recording to read: what it is, and its frames one by one. Only a piece of
 * its index is in memory at any time.
 *
 * What is read here was not looked at for damage as check_recording() does, but
 * for the sum of each record of the index. Not thread-safe.
 */
class recording final {
public:
    /**
     * @param path see recording_base()
     * @throws error ENOENT when a file is missing; EBADMSG when one is damaged,
     *         or they are not of the same recording; those of open(2), read(2)
     */
    explicit recording(const std::string& path);
    recording(recording&&) noexcept;
    recording& operator=(recording&&) noexcept;
    ~recording();

    /** @return OUT. */
    [[nodiscard]] const std::string& base() const noexcept;

    /** @return what OUT.json said when this was opened; no totals while it is going on. */
    [[nodiscard]] const recording_info& info() const noexcept;

    /** @return how many frames the index tells of now, by its length. */
    [[nodiscard]] std::uint64_t frames() const;

    /**
     * @return the next frame, or nothing behind the last. The index of a
     *         recording that was cut off may end in what is no record: nothing
     *         then. As long as it is going on, there may be one later.
     * @throws error EBADMSG when the record is damaged, in one that is complete
     */
    [[nodiscard]] std::optional<recorded_frame> next();

    /** Lets next() go on with frame @p number, counted from 0 as recorded. */
    void seek(std::uint64_t number) noexcept;

    /**
     * @return the bytes of a frame, until the next call
     * @throws error EBADMSG when its file ends in front of its end; ENOENT when
     *         the file is missing; EIO
     */
    [[nodiscard]] std::span<const std::byte> read(const recorded_frame& which);

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace memlane

#endif // MEMLANE_RECORDING_HPP
