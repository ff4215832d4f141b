// SPDX-License-Identifier: GPL-2.0-or-later
#include "video_line.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <vector>

namespace memlane::tool {

namespace {

constexpr double usual_rate = 25;

/** @return ffmpeg's name; a pixel is a number in the byte order of this machine. */
const char* ffmpeg_format(pixel_format format)
{
    constexpr bool little = std::endian::native == std::endian::little;
    switch (format) {
    case pixel_format::xrgb8888:
        return little ? "bgr0" : "0rgb";
    case pixel_format::rgb565:
        return little ? "rgb565le" : "rgb565be";
    case pixel_format::rgb888:
        return little ? "bgr24" : "rgb24";
    default:
        return "gray";
    }
}

/** @return @p text as one word of a shell */
std::string quote(const std::string& text)
{
    const auto is_plain = [](unsigned char each) {
        return std::isalnum(each) != 0 ||
               std::string_view("._/+:@%=,-").find(static_cast<char>(each)) !=
                   std::string_view::npos;
    };
    if (!text.empty() && text[0] != '-' && std::ranges::all_of(text, is_plain)) {
        return text;
    }
    std::string safe;
    for (const char each : text) {
        safe += each == '\'' ? "'\\''" : std::string(1, each);
    }
    return "'" + safe + "'";
}

/** @return whether OUT.raw is pictures, and nothing between or behind them */
bool is_dense(const std::string& base, const recording_info& info)
{
    const recorded_picture& picture = *info.picture;
    const std::uint64_t page = std::uint64_t{picture.stride_bytes} * picture.size.height;
    struct stat raw = {};
    return info.totals.files == 1 &&
           picture.stride_bytes % layout_of(picture.format).bytes() == 0 &&
           info.totals.bytes == info.totals.frames * page &&
           ::stat((base + ".raw").c_str(), &raw) == 0 &&
           static_cast<std::uint64_t>(raw.st_size) == info.totals.bytes;
}

/** @return what makes of rows of @p width pixels a picture that players take: sides are even */
std::string filters(const recorded_picture& picture, std::uint32_t width)
{
    const extent& size = picture.size;
    std::vector<std::string> list;
    if (width != size.width) {
        list.push_back(fmt::format("crop={}:{}:0:0", size.width, size.height));
    }
    if (size.width % 2 != 0 || size.height % 2 != 0) {
        list.push_back(
            fmt::format("pad={}:{}", size.width + size.width % 2, size.height + size.height % 2));
    }
    if (list.empty()) {
        return "";
    }
    return " -vf " + (list.size() == 1 ? list[0] : list[0] + "," + list[1]);
}

} // namespace

std::chrono::nanoseconds duration_of(const recording_totals& totals) noexcept
{
    // Their difference may be more than the type holds.
    const auto first = static_cast<std::uint64_t>(totals.first_timestamp.count());
    const auto last = static_cast<std::uint64_t>(totals.last_timestamp.count());
    return std::chrono::nanoseconds(
        std::max<std::int64_t>(static_cast<std::int64_t>(last - first), 0));
}

double mean_rate(const recording_totals& totals) noexcept
{
    const std::chrono::duration<double> time = duration_of(totals);
    return totals.frames > 1 && time.count() > 0
               ? static_cast<double>(totals.frames - 1) / time.count()
               : 0;
}

std::string video_line(const std::string& base, const recording_info& info)
{
    const recorded_picture& picture = *info.picture;
    const bool dense = is_dense(base, info);
    const std::uint32_t width =
        dense ? static_cast<std::uint32_t>(picture.stride_bytes / layout_of(picture.format).bytes())
              : picture.size.width;
    const double mean = mean_rate(info.totals);
    const double refresh = picture.refresh_hz != 0 ? picture.refresh_hz : usual_rate;
    return fmt::format(
        "{}ffmpeg -f rawvideo -pixel_format {} -video_size {}x{} -framerate {:.6g} -i {}{} "
        "-pix_fmt yuv420p {}",
        dense ? "" : "memlane play " + quote(base) + " - | ", ffmpeg_format(picture.format), width,
        picture.size.height, mean > 0 ? mean : refresh, dense ? quote(base + ".raw") : "-",
        filters(picture, width), quote(base + ".mp4"));
}

} // namespace memlane::tool
