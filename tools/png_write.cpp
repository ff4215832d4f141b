// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <cerrno>
#include <new>

#include "output_file.hpp"
#include "png.hpp"
#include "png_call.hpp"

namespace memlane::tool {

namespace {

constexpr std::size_t chunk_bytes = 1U << 16U; // of compressed data, and of one write
constexpr int depth_bits = 8;

void write_bytes(png_structp png, png_bytep from, std::size_t length)
{
    const int fd = *static_cast<const int*>(png_get_io_ptr(png));
    while (length > 0) {
        const ssize_t written = ::write(fd, from, length);
        if (written < 0) {
            static_cast<png_failure*>(png_get_error_ptr(png))->errnum = errno;
            png_error(png, "");
        }
        from += written;
        length -= static_cast<std::size_t>(written);
    }
}

void flush_nothing(png_structp /*png*/) {}

/** libpng's two objects; none where there is no memory. */
struct encoder {
    explicit encoder(png_failure& failure)
        : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &failure, fail_png,
                                      ignore_png_warning)),
          info(png != nullptr ? png_create_info_struct(png) : nullptr)
    {
    }
    encoder(const encoder&) = delete;
    encoder& operator=(const encoder&) = delete;
    ~encoder() { png_destroy_write_struct(&png, &info); }

    png_structp png;
    png_infop info;
};

class png_writer final {
public:
    explicit png_writer(int fd) : fd_(fd)
    {
        if (encoder_.info == nullptr) {
            throw std::bad_alloc();
        }
        png_set_write_fn(encoder_.png, &fd_, write_bytes, flush_nothing);
    }

    /** @return 0, or an errno */
    [[nodiscard]] int write(const picture& content)
    {
        const bool written = call_png(encoder_.png, [&] {
            png_set_user_limits(encoder_.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
            png_set_IHDR(encoder_.png, encoder_.info, content.size().width, content.size().height,
                         depth_bits, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                         PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
            png_set_compression_buffer_size(encoder_.png, chunk_bytes);
            png_write_info(encoder_.png, encoder_.info);
            for (std::uint32_t y = 0; y < content.size().height; ++y) {
                png_write_row(encoder_.png,
                              reinterpret_cast<png_const_bytep>(content.row(y).data()));
            }
            png_write_end(encoder_.png, nullptr);
        });
        // Without an errno it was libpng itself, which lacks nothing but memory.
        return written ? 0 : failure_.errnum != 0 ? failure_.errnum : ENOMEM;
    }

private:
    static_assert(sizeof(rgb) == 3, "a row of colours is what libpng takes");

    int fd_;
    png_failure failure_;
    encoder encoder_{failure_};
};

} // namespace

void write_png(const picture& content, const std::string& path, std::uint32_t mode)
{
    output_file file(path, mode);
    if (const int errnum = png_writer(file.fd()).write(content); errnum != 0) {
        file.fail(errnum);
    }
    file.commit();
}

} // namespace memlane::tool
