// SPDX-License-Identifier: LGPL-2.1-or-later
#ifndef MEMLANE_SOURCE_HPP
#define MEMLANE_SOURCE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "memlane/mapping.hpp"
#include "memlane/unique_fd.hpp"

namespace memlane {

/** What the CPU's caches do with a mapping. */
enum class cache_mode { unknown, write_back, write_through, write_combining, uncached };

/** @return "unknown", "write-back", "write-through", "write-combining" or "uncached". */
[[nodiscard]] std::string_view to_string(cache_mode mode) noexcept;

/**
 * Memory of fixed size that can be mapped: what is saved, loaded and diagnosed.
 *
 * The const members may be used from several threads at once.
 */
class source {
public:
    source(const source&) = delete;
    source& operator=(const source&) = delete;
    virtual ~source() = default;

    /** @return how people name it: "phys:0x80000000+256M". */
    [[nodiscard]] const std::string& uri() const noexcept { return uri_; }

    [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

    /** @return what it was opened for. */
    [[nodiscard]] access_mode mode() const noexcept { return mode_; }

    /** @return the descriptor, which the source keeps owning; -1 where there is none. */
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /**
     * Maps a part, with the access the source was opened with. Neither number
     * need be a multiple of the page size. The source must outlive the mapping.
     *
     * @throws error EINVAL outside the source; others see mapping
     */
    [[nodiscard]] mapping map(std::uint64_t offset_bytes, std::uint64_t length_bytes) const;

    /** @return whether all of it is mapped already, so that map() costs nothing. */
    [[nodiscard]] bool is_resident() const noexcept { return !whole_.bytes().empty(); }

    /**
     * @return the file position at which read(2) and splice(2) on fd() find
     *         byte @p offset_bytes, or nothing where the driver has no read
     */
    [[nodiscard]] std::optional<std::uint64_t> read_position(std::uint64_t offset_bytes) const;

    /** @return whether the driver moves it by SAVE and LOAD. */
    [[nodiscard]] virtual bool has_kernel_way() const noexcept { return false; }

    /** @return the address of its first byte, where it is one physical range and we may know. */
    [[nodiscard]] virtual std::optional<std::uint64_t> phys_addr() const { return std::nullopt; }

    /** @return how its driver maps it as a rule; unknown where that depends. */
    [[nodiscard]] virtual cache_mode usual_cache() const noexcept { return cache_mode::write_back; }

    /** @return what has become of it, in words, if it is not what it was; else nothing. */
    [[nodiscard]] virtual std::string describe_loss() const { return {}; }

    /** @return what gives a mapping that direct I/O can use, in words; nothing if this does. */
    [[nodiscard]] virtual std::string advice() const { return {}; }

protected:
    /** Where the memory is in what a descriptor maps. */
    struct place {
        unique_fd fd;
        std::uint64_t base_bytes = 0; /**< file position of its first byte */
        std::uint64_t size_bytes = 0;
        bool readable = false;       /**< by read(2), at the same positions */
        std::uint32_t map_bytes = 0; /**< granularity of mappings; 0: a page */
    };

    source(std::string uri, access_mode mode, place where);

    /** For memory that is mapped as a whole for good, be it by @p where.fd or not. */
    source(std::string uri, access_mode mode, place where, mapping whole);

    source(source&&) noexcept = default;
    source& operator=(source&&) noexcept = default;

private:
    std::string uri_;
    access_mode mode_;
    unique_fd fd_;
    std::uint64_t base_bytes_;
    std::uint64_t size_bytes_;
    bool readable_;
    std::uint32_t map_bytes_;
    mapping whole_;
};

/** One kind of source, for help and manuals. */
struct source_form {
    std::string_view form;    /**< "phys:ADDR+LEN" */
    std::string_view summary; /**< "a physical range, by /dev/mem" */
};

/** @return all kinds, those that need nothing last. */
[[nodiscard]] std::span<const source_form> source_forms() noexcept;

/**
 * @return the URI of what people name: a bare NAME as memlane:NAME; the path of a file
 *         as file:PATH, of a framebuffer device as fb:PATH
 * @throws error EINVAL when it is none of these, with what was probably meant
 */
[[nodiscard]] std::string source_uri(std::string_view text);

/**
 * Opens the memory that @p uri names, see source_forms() and source_uri().
 *
 * @throws error EINVAL when @p uri does not parse, with the place where;
 *         ENOENT when there is no such thing, with what was looked for; those
 *         of open(2) and mmap(2)
 */
[[nodiscard]] std::unique_ptr<source> open_source(std::string_view uri,
                                                  access_mode mode = access_mode::read_only);

} // namespace memlane

#endif // MEMLANE_SOURCE_HPP
