// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "input_file.hpp"
#include "memlane/error.hpp"
#include "memlane/unique_fd.hpp"
#include "png.hpp"
#include "png_call.hpp"

namespace memlane::tool {

namespace {

constexpr std::uint32_t side_max = 65535;
constexpr std::uint64_t memory_max = std::uint64_t{1} << 30U;
constexpr std::size_t signature_bytes = 8;

/** Pixels as libpng is told to give them. */
struct rgba {
    std::uint8_t red;
    std::uint8_t green;
    std::uint8_t blue;
    std::uint8_t alpha;
};

/** A file, and what was read of it ahead. Trivial, see png_failure. */
struct input {
    int fd;
    std::size_t start;
    std::size_t end;
    std::array<std::uint8_t, 65536> ahead;
};

/** @return bytes that are there, 0 at the end, -1 with errno */
ssize_t read_ahead(input& from)
{
    if (from.start == from.end) {
        const ssize_t got = ::read(from.fd, from.ahead.data(), from.ahead.size());
        if (got <= 0) {
            return got;
        }
        from.start = 0;
        from.end = static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(from.end - from.start);
}

/** As libpng wants it: all of @p length, or an error. */
void read_bytes(png_structp png, png_bytep to, std::size_t length)
{
    auto& from = *static_cast<input*>(png_get_io_ptr(png));
    while (length > 0) {
        const ssize_t there = read_ahead(from);
        if (there < 0) {
            static_cast<png_failure*>(png_get_error_ptr(png))->errnum = errno;
            png_error(png, "");
        }
        if (there == 0) {
            png_error(png, "it ends too early");
        }
        const std::size_t piece = std::min(static_cast<std::size_t>(there), length);
        std::copy_n(from.ahead.begin() + static_cast<std::ptrdiff_t>(from.start), piece, to);
        from.start += piece;
        to += piece;
        length -= piece;
    }
}

/** libpng's two objects; none where there is no memory. */
struct decoder {
    explicit decoder(png_failure& failure)
        : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, fail_png,
                                     ignore_png_warning)),
          info(png != nullptr ? png_create_info_struct(png) : nullptr)
    {
    }
    decoder(const decoder&) = delete;
    decoder& operator=(const decoder&) = delete;
    ~decoder() { png_destroy_read_struct(&png, &info, nullptr); }

    png_structp png;
    png_infop info;
};

class png_reader final {
public:
    explicit png_reader(const std::string& path) : path_(path), file_(open_input(path))
    {
        if (file_.get() < 0) {
            fail(errno);
        }
        if (decoder_.info == nullptr) {
            fail(ENOMEM);
        }
        input_.fd = file_.get();
        png_set_read_fn(decoder_.png, &input_, read_bytes);
    }

    picture read()
    {
        check_signature();
        read_header();
        check_size();
        return composite(read_pixels());
    }

private:
    [[noreturn]] void fail(int errnum, std::string_view detail = {}) const
    {
        throw_error(errnum, "read", "picture", path_, detail);
    }

    /** Throws what a failed call left behind. */
    [[noreturn]] void fail() const
    {
        if (failure_.errnum != 0) {
            fail(failure_.errnum);
        }
        fail(EBADMSG, fmt::format("the PNG is damaged: {}", failure_.reason.data()));
    }

    void check_signature()
    {
        const ssize_t there = read_ahead(input_);
        if (there < 0) {
            fail(errno);
        }
        const std::size_t known = std::min(static_cast<std::size_t>(there), signature_bytes);
        if (known == 0 || png_sig_cmp(input_.ahead.data(), 0, known) != 0) {
            fail(EINVAL, "it is no PNG");
        }
    }

    void read_header()
    {
        const bool read = call_png(decoder_.png, [this] {
            // Of sizes we have an opinion of our own.
            png_set_user_limits(decoder_.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
            png_read_info(decoder_.png, decoder_.info);
        });
        if (!read) {
            fail();
        }
        size_ = {png_get_image_width(decoder_.png, decoder_.info),
                 png_get_image_height(decoder_.png, decoder_.info)};
    }

    void check_size() const
    {
        const std::string text = fmt::format("it is {}x{}", size_.width, size_.height);
        if (size_.width > side_max || size_.height > side_max) {
            fail(EFBIG, fmt::format("{}, more than {} a side", text, side_max));
        }
        const std::uint64_t pixels = std::uint64_t{size_.width} * size_.height;
        if (pixels * (sizeof(rgba) + sizeof(rgb)) > memory_max) {
            fail(ENOMEM, text + ", which takes more than 1 GiB");
        }
    }

    /** Tells libpng to make 8 bits of red, green, blue and alpha of whatever it is. */
    void convert()
    {
        png_set_scale_16(decoder_.png);
        png_set_expand(decoder_.png);
        png_set_gray_to_rgb(decoder_.png);
        png_set_add_alpha(decoder_.png, 0xff, PNG_FILLER_AFTER);
        png_set_interlace_handling(decoder_.png);
        png_read_update_info(decoder_.png, decoder_.info);
    }

    std::vector<rgba> read_pixels()
    {
        std::vector<rgba> pixels(std::size_t{size_.width} * size_.height);
        std::vector<png_bytep> rows(size_.height);
        for (std::size_t y = 0; y < rows.size(); ++y) {
            rows[y] = reinterpret_cast<png_bytep>(&pixels[y * size_.width]);
        }
        const bool read = call_png(decoder_.png, [&] {
            convert();
            png_read_image(decoder_.png, rows.data());
            png_read_end(decoder_.png, nullptr);
        });
        if (!read) {
            fail();
        }
        return pixels;
    }

    [[nodiscard]] picture composite(const std::vector<rgba>& pixels) const
    {
        const auto on_black = [](std::uint8_t level, std::uint8_t alpha) {
            return static_cast<std::uint8_t>((level * alpha + 127) / 255);
        };
        picture whole(size_);
        auto at = pixels.begin();
        for (std::uint32_t y = 0; y < size_.height; ++y) {
            for (rgb& to : whole.row(y)) {
                to = {on_black(at->red, at->alpha), on_black(at->green, at->alpha),
                      on_black(at->blue, at->alpha)};
                ++at;
            }
        }
        return whole;
    }

    const std::string& path_;
    unique_fd file_;
    input input_ = {};
    png_failure failure_;
    decoder decoder_{failure_};
    extent size_ = {};
};

} // namespace

picture read_png(const std::string& path)
{
    return png_reader(path).read();
}

} // namespace memlane::tool
