// SPDX-License-Identifier: GPL-2.0-or-later
// A program like any user's: install_test compiles it with what pkg-config says.
// Uses all that the headers declare, so that nothing is missing in the library.
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <utility>

#include <memlane/checksum.hpp>
#include <memlane/diagnosis.hpp>
#include <memlane/direct_file.hpp>
#include <memlane/error.hpp>
#include <memlane/frame_consumer.hpp>
#include <memlane/frame_producer.hpp>
#include <memlane/frame_stamp.hpp>
#include <memlane/geometry.hpp>
#include <memlane/mapping.hpp>
#include <memlane/memory_reader.hpp>
#include <memlane/memory_writer.hpp>
#include <memlane/pattern.hpp>
#include <memlane/pixel.hpp>
#include <memlane/record.hpp>
#include <memlane/recording.hpp>
#include <memlane/recording_check.hpp>
#include <memlane/recording_info.hpp>
#include <memlane/region.hpp>
#include <memlane/region_admin.hpp>
#include <memlane/region_status.hpp>
#include <memlane/screen.hpp>
#include <memlane/source.hpp>
#include <memlane/transfer.hpp>
#include <memlane/units.hpp>
#include <memlane/way.hpp>

/** Memory of this process, as a source of the user's own. */
class heap_source final : public memlane::source {
public:
    explicit heap_source(std::size_t size)
        : source("heap:", memlane::access_mode::read_write, {.fd = {}, .size_bytes = size},
                 memlane::mapping::anonymous(size))
    {
    }
};

/** Never called: it is enough that it links. */
void use_everything(const memlane::source& memory, std::span<std::byte> bytes)
{
    using namespace memlane;
    const auto ignore = [](const auto&...) {};
    const std::string path = "nowhere";

    checksum sum(*parse_checksum_kind("crc32c"));
    checksum other(std::move(sum));
    other = checksum(checksum_kind::xxh3);
    other.update(bytes);
    ignore(other.hex(), to_string(checksum_kind::sha256));

    ignore(diagnose(memory, path), diagnose(1, 0, path));

    direct_file file(path, file_use::target);
    direct_file same(std::move(file));
    same.set_direct(true);
    same.truncate(same.size_bytes());
    ignore(same.preallocate(0, 1));
    same.sync();

    ignore(errno_name(EIO), describe_errno(EIO), error(EIO, "do"),
           transfer_error(EIO, "do", 0, 0, "nothing"));

    frame_producer producer("name", 2);
    frame_producer filling(std::move(producer));
    ignore(filling.uri(), filling.slots(), filling.slot_bytes(), filling.in_hand(), filling.slot(1),
           filling.bytes(), filling.next_sequence(), filling.commit(1), filling.status());
    frame_consumer consumer("name");
    frame_consumer taking(std::move(consumer));
    consumer = std::move(taking);
    ignore(consumer.memory(), consumer.slot_bytes(), consumer.slots(), consumer.take(1),
           consumer.wait(std::chrono::milliseconds(1)), consumer.status());
    consumer.release(0, 1);
    stamp_frame(bytes, 0);
    ignore(check_stamp(bytes, 0));

    mapping map(0, 0, 1, access_mode::read_only);
    map = mapping::view(mapping(mapping::anonymous(1)).bytes());
    fill_pattern(map.bytes(), 1);

    ignore(record("name", path).info);
    recording played(recording_base(path));
    recording other_recording(std::move(played));
    other_recording = std::move(played);
    other_recording.seek(other_recording.frames());
    ignore(other_recording.base(), other_recording.read(*other_recording.next()),
           to_string(other_recording.info().state));
    ignore(check_recording(path).good(), is_note(finding_kind::unfinished),
           to_string(finding_kind::unfinished), repair_recording(path).changed);

    region opened("name");
    ignore(opened.phys_addr(), region_name("name"), to_string(region_kind::pages));
    opened.sync(memlane::memory_owner::cpu, memlane::sync_direction::from_device, 0, 0);
    ignore(region(std::move(opened)).info());
    create_region(
        {.name = "name",
         .ring = ring_spec{.slot_bytes = 4096, .policy = *parse_drop_policy("drop-oldest")}});
    ignore(to_string(drop_policy::newest));
    destroy_region("name");
    ignore(module_is_loaded(), list_regions(), read_status("name"), explain_absence());

    memlane::refuse_new_device(path);
    ignore(source_forms(), memlane::source_uri("name"), to_string(memory.usual_cache()),
           memory.map(0, 1), memory.read_position(0), memory.describe_loss(), memory.advice(),
           memory.phys_addr());

    save(memory, path);
    save(memory, 1);
    load(path, memory);
    load(0, memory);
    memory_reader reader(memory, 0, 1);
    reader = memory_reader(std::move(reader));
    reader.read(0, bytes);
    reader.read_words(0, bytes, 1);
    memory_writer writer(memory, 0, 1);
    writer = memory_writer(std::move(writer));
    writer.write(0, bytes);
    writer.write_words(0, bytes, 1);

    const geometry picture = {parse_extent("64x64"), *parse_pixel_format("gray8")};
    screen shown("name", access_mode::read_write, picture);
    screen moved(std::move(shown));
    moved = std::move(shown);
    moved.show_page(0);
    std::array<rgb, 1> colours = {gray_palette()[0]};
    const screen_mode mode = moved.mode();
    pack_pixels(mode.layout, colours, moved.map_page(mode, 0).bytes());
    unpack_pixels(layout_of(picture.format), moved.map_shown(mode).bytes(), colours,
                  moved.colours(mode));
    ignore(mode.page_bytes(), moved.memory(), moved.wait_for_refresh(), framebuffer_of("name"),
           stride_of(picture), size_of(picture), format_of(mode.layout), to_string(picture.format));

    ignore(parse_bytes("1K"), format_bytes(1), to_string(ways().front()->kind()));
    throw_error(EIO, "do", "a", "thing");
}

namespace {

bool absent_file_is_caught()
{
    try {
        static_cast<void>(memlane::open_source("file:/nowhere/at/all"));
    } catch (const std::system_error& e) {
        return e.code().value() == ENOENT && dynamic_cast<const memlane::error*>(&e) != nullptr;
    }
    return false;
}

bool stopped_transfer_is_caught(const std::string& path)
{
    const std::atomic<bool> stop = true;
    memlane::transfer_options options;
    options.stop = &stop;
    try {
        memlane::save(*memlane::open_source("memfd:1M"), path, options);
    } catch (const memlane::error& e) {
        const auto* ended = dynamic_cast<const memlane::transfer_error*>(&e);
        return ended != nullptr && ended->total_bytes() == 1 << 20;
    }
    return false;
}

bool sources_have_types()
{
    const auto memory = memlane::open_source("memfd:1M");
    return dynamic_cast<const memlane::region*>(memory.get()) == nullptr;
}

bool own_source_is_saved(const std::string& path)
{
    const heap_source memory(12345);
    std::memset(memory.map(0, 12345).bytes().data(), 'x', 12345);
    return memlane::save(memory, path).bytes == 12345;
}

} // namespace

int main(int, char** argv)
{
    const std::string path = argv[1];
    std::cout << "absent_file_is_caught " << absent_file_is_caught() << '\n'
              << "stopped_transfer_is_caught " << stopped_transfer_is_caught(path) << '\n'
              << "sources_have_types " << sources_have_types() << '\n'
              << "own_source_is_saved " << own_source_is_saved(path) << '\n';
}
