// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_meta.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "memlane/error.hpp"
#include "memlane/unique_fd.hpp"
#include "memory_io.hpp"
#include "replacement.hpp"

namespace memlane::detail {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int schema = 1;
constexpr const char* kind = "memlane recording";
constexpr off_t most_bytes = 1 << 20; // no such file is near that
constexpr std::array states = {recording_state::recording, recording_state::complete,
                               recording_state::repaired};

ordered_json to_json(const recorded_picture& picture)
{
    return {
        {"width", picture.size.width},         {"height", picture.size.height},
        {"format", to_string(picture.format)}, {"stride_bytes", picture.stride_bytes},
        {"refresh_hz", picture.refresh_hz},
    };
}

ordered_json to_json(const recording_totals& totals)
{
    return {
        {"frames", totals.frames},
        {"bytes", totals.bytes},
        {"dropped", totals.dropped},
        {"errors", totals.errors},
        {"first_sequence", totals.first_sequence},
        {"last_sequence", totals.last_sequence},
        {"first_timestamp_ns", totals.first_timestamp.count()},
        {"last_timestamp_ns", totals.last_timestamp.count()},
        {"files", totals.files},
    };
}

std::string to_text(const recording_info& info)
{
    ordered_json document = {
        {"schema", schema},
        {"kind", kind},
        {"id", info.id},
        {"source", info.source},
        {"created", info.created},
        {"state", to_string(info.state)},
        {"block_bytes", info.block_bytes},
        {"slot_bytes", info.slot_bytes},
        {"rotate_bytes", info.rotate_bytes},
    };
    if (info.picture) {
        document["picture"] = to_json(*info.picture);
    }
    document["totals"] = to_json(info.totals);
    document["end"] = info.end;
    // A source's name may hold any byte.
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/** What is wrong with the file that is being read. */
class bad_meta final : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/** Takes the members of an object, each of the type that it must have. */
class members final {
public:
    members(const json& object, std::string prefix) : object_(object), prefix_(std::move(prefix))
    {
        if (!object.is_object()) {
            throw bad_meta(prefix_.empty() ? "it is no JSON object"
                                           : fmt::format("'{}' is no object", name_of("")));
        }
    }

    [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }

    [[nodiscard]] members object(const char* name) const
    {
        return {value(name), prefix_ + name + "."};
    }

    template <std::integral Number>
    [[nodiscard]] Number number(const char* name, Number least = std::numeric_limits<Number>::min(),
                                Number most = std::numeric_limits<Number>::max()) const
    {
        const json& found = value(name);
        // What fits neither type of 64 bits, the parser makes a float of.
        if (found.is_number_unsigned()) {
            const auto number = found.get<std::uint64_t>();
            if (std::cmp_greater_equal(number, least) && std::cmp_less_equal(number, most)) {
                return static_cast<Number>(number);
            }
        } else if (found.is_number_integer()) {
            const auto number = found.get<std::int64_t>();
            if (std::cmp_greater_equal(number, least) && std::cmp_less_equal(number, most)) {
                return static_cast<Number>(number);
            }
        }
        throw bad_meta(fmt::format("'{}' is {}, no integer from {} to {}", name_of(name),
                                   found.dump(-1, ' ', true, json::error_handler_t::replace), least,
                                   most));
    }

    [[nodiscard]] std::string text(const char* name) const
    {
        const json& found = value(name);
        if (!found.is_string()) {
            throw bad_meta(fmt::format("'{}' is no text", name_of(name)));
        }
        return found.get<std::string>();
    }

    [[noreturn]] void refuse(const char* name, std::string_view why) const
    {
        throw bad_meta(fmt::format("'{}' is '{}', {}", name_of(name), text(name), why));
    }

private:
    [[nodiscard]] std::string name_of(const std::string& name) const
    {
        return name.empty() ? prefix_.substr(0, prefix_.size() - 1) : prefix_ + name;
    }

    [[nodiscard]] const json& value(const char* name) const
    {
        const auto found = object_.find(name);
        if (found == object_.end()) {
            throw bad_meta(fmt::format("'{}' is missing", name_of(name)));
        }
        return *found;
    }

    const json& object_;
    std::string prefix_;
};

std::string id_from(const members& in)
{
    std::string id = in.text("id");
    const auto is_hex = [](char each) {
        return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f');
    };
    if (id.size() != 2 * sizeof(recording_id) || !std::ranges::all_of(id, is_hex)) {
        in.refuse("id", "not 32 hex digits");
    }
    return id;
}

recording_state state_from(const members& in)
{
    const std::string name = in.text("state");
    const auto* const found =
        std::ranges::find_if(states, [&](recording_state each) { return to_string(each) == name; });
    if (found == states.end()) {
        in.refuse("state", "which is no state");
    }
    return *found;
}

recorded_picture picture_from(const members& in)
{
    const auto format = parse_pixel_format(in.text("format"));
    if (!format) {
        in.refuse("format", "which is no format of pixels");
    }
    constexpr std::uint32_t side = 65535;
    const extent size = {.width = in.number<std::uint32_t>("width", 1, side),
                         .height = in.number<std::uint32_t>("height", 1, side)};
    const auto row = static_cast<std::uint32_t>(size.width * layout_of(*format).bytes());
    return {.size = size,
            .format = *format,
            .stride_bytes = in.number<std::uint32_t>("stride_bytes", row),
            .refresh_hz = in.number<std::uint32_t>("refresh_hz")};
}

recording_totals totals_from(const members& in)
{
    using std::chrono::nanoseconds;
    return {
        .frames = in.number<std::uint64_t>("frames"),
        .bytes = in.number<std::uint64_t>("bytes"),
        .dropped = in.number<std::uint64_t>("dropped"),
        .errors = in.number<std::uint64_t>("errors"),
        .first_sequence = in.number<std::uint64_t>("first_sequence"),
        .last_sequence = in.number<std::uint64_t>("last_sequence"),
        .first_timestamp = nanoseconds(in.number<std::int64_t>("first_timestamp_ns")),
        .last_timestamp = nanoseconds(in.number<std::int64_t>("last_timestamp_ns")),
        .files = in.number<std::uint32_t>("files"),
    };
}

recording_info info_from(const json& document)
{
    const members in(document, "");
    if (in.text("kind") != kind) {
        in.refuse("kind", fmt::format("not '{}'", kind));
    }
    static_cast<void>(in.number<int>("schema", schema, schema));
    recording_info info = {
        .id = id_from(in),
        .source = in.text("source"),
        .created = in.text("created"),
        .state = state_from(in),
        .block_bytes = in.number<std::uint32_t>("block_bytes", 1),
        .slot_bytes = in.number<std::uint32_t>("slot_bytes", 1),
        .rotate_bytes = in.number<std::uint64_t>("rotate_bytes"),
        .picture = std::nullopt,
        .totals = totals_from(in.object("totals")),
        .end = in.text("end"),
    };
    if (in.has("picture")) {
        info.picture = picture_from(in.object("picture"));
    }
    return info;
}

/** Where the parser stopped, in words of people who do not know the parser. */
[[noreturn]] void throw_syntax(const json::parse_error& e, const std::string& text)
{
    if (text.empty()) {
        throw bad_meta("it is empty");
    }
    // It counts from 1, and what is behind the last byte too.
    throw bad_meta(e.byte > text.size() ? "it is cut off"
                                        : fmt::format("it is no JSON at byte {}", e.byte - 1));
}

std::string read_text(const std::string& path)
{
    const unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) {
        throw_error(errno, "open", "file", path);
    }
    if (!S_ISREG(status.st_mode)) {
        throw bad_meta("it is no regular file");
    }
    if (status.st_size > most_bytes) {
        throw bad_meta("it is too long");
    }
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const outcome got = read_at(fd.get(), std::as_writable_bytes(std::span(text)), 0);
    if (got.errnum != 0) {
        throw_error(got.errnum, "read", "file", path);
    }
    text.resize(static_cast<std::size_t>(got.done_bytes));
    return text;
}

} // namespace

std::string format_utc(std::uint64_t realtime_ns)
{
    const auto seconds = static_cast<std::time_t>(realtime_ns / 1'000'000'000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds));
}

void write_meta(const std::string& base, const recording_info& info, bool durable)
{
    const std::string path = json_path(base);
    replacement file(path);
    const std::string text = to_text(info);
    file.write(std::as_bytes(std::span(text)), 0);
    if (durable) {
        file.sync();
    }
    file.take_its_place();
    if (durable) {
        sync_folder_of(path);
    }
}

std::variant<recording_info, std::string> look_at_meta(const std::string& base)
{
    try {
        const std::string text = read_text(json_path(base));
        try {
            return info_from(json::parse(text));
        } catch (const json::parse_error& e) {
            throw_syntax(e, text);
        } catch (const json::out_of_range&) {
            throw bad_meta("a number in it is beyond all bounds");
        }
    } catch (const bad_meta& e) {
        return e.what();
    }
}

recording_info read_meta(const std::string& base)
{
    auto found = look_at_meta(base);
    if (const auto* const damage = std::get_if<std::string>(&found)) {
        throw_error(EBADMSG, "read", "recording", json_path(base), *damage);
    }
    return std::get<recording_info>(std::move(found));
}

} // namespace memlane::detail
