// SPDX-License-Identifier: GPL-2.0-or-later
// Saves to, and loads from, pipes and sockets.
#include <array>
#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "collector.hpp"
#include "memlane/pattern.hpp"
#include "memlane/source.hpp"
#include "save_fixture.hpp"
#include "way_stream.hpp"

namespace {

using memlane::transfer_options;
using memlane::transfer_result;
using memlane::way_kind;
using memlane::detail::choose_stream_method;
using memlane::detail::stream_method;
using testing::HasSubstr;

constexpr std::uint64_t size = 3 << 20;
constexpr std::uint32_t seed = 5;

struct connection {
    guest::fd in;
    guest::fd out;
};

connection make_pipe()
{
    std::array<int, 2> ends = {-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {guest::fd(ends[1]), guest::fd(ends[0])};
}

connection make_socket()
{
    std::array<int, 2> ends = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    return {guest::fd(ends[1]), guest::fd(ends[0])};
}

class Stream : public testing::TestWithParam<connection (*)()> {
protected:
    std::vector<unsigned char> save_through(const memlane::source& memory)
    {
        connection line = GetParam()();
        guest::collector reader(line.out);
        result_ = memlane::save(memory, line.in, options_);
        line.in.close();
        return reader.bytes();
    }

    transfer_options options_;
    transfer_result result_ = {};
};

INSTANTIATE_TEST_SUITE_P(To, Stream, testing::Values(make_pipe, make_socket),
                         [](const auto& each) { return each.index == 0 ? "pipe" : "socket"; });

TEST_P(Stream, takes_pages_of_a_descriptor)
{
    const memfd_memory memory(size, seed);
    EXPECT_EQ(guest::first_wrong(save_through(memory), seed), size);
    EXPECT_EQ(result_.used, way_kind::stream);
    EXPECT_THAT(result_.reason, HasSubstr("sendfile"));
}

TEST_P(Stream, takes_memory_without_a_descriptor)
{
    const auto memory = memlane::open_source("memfd:3M@9");
    const auto got = save_through(*memory);
    std::vector<std::byte> expected(size);
    memlane::fill_pattern(expected, 9);
    ASSERT_EQ(got.size(), expected.size());
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), expected.size()), 0);
}

TEST_P(Stream, takes_a_range)
{
    const memfd_memory memory(size, seed);
    options_.offset_bytes = 12345;
    options_.length_bytes = 1000001;
    const auto got = save_through(memory);
    ASSERT_EQ(got.size(), 1000001);
    EXPECT_TRUE(std::equal(got.begin(), got.end(), memory.bytes().begin() + 12345));
}

TEST_P(Stream, computes_a_checksum_over_a_copy)
{
    const memfd_memory memory(size, seed);
    options_.checksum = memlane::checksum_kind::sha256;
    EXPECT_EQ(guest::first_wrong(save_through(memory), seed), size);
    memlane::checksum sum(memlane::checksum_kind::sha256);
    sum.update(std::as_bytes(memory.bytes()));
    EXPECT_EQ(result_.checksum, sum.hex());
    EXPECT_THAT(result_.reason, HasSubstr("write of a copy"));
}

TEST_P(Stream, that_does_not_block_is_waited_for)
{
    const memfd_memory memory(size, seed);
    for (const bool summed : {false, true}) {
        connection line = GetParam()();
        ASSERT_EQ(::fcntl(line.in, F_SETFL, O_NONBLOCK), 0);
        guest::collector reader(line.out);
        if (summed) {
            options_.checksum = memlane::checksum_kind::xxh3;
        }
        result_ = memlane::save(memory, line.in, options_);
        line.in.close();
        EXPECT_EQ(guest::first_wrong(reader.bytes(), seed), size);
    }
    memlane::checksum sum(memlane::checksum_kind::xxh3);
    sum.update(std::as_bytes(memory.bytes()));
    EXPECT_EQ(result_.checksum, sum.hex());
}

TEST_P(Stream, fills_memory)
{
    const memfd_memory from(size, seed);
    memfd_memory to(size, seed + 1);
    connection line = GetParam()();
    std::thread writer([&] {
        memlane::save(from, line.in);
        line.in.close();
    });
    const transfer_result result = memlane::load(line.out, to);
    writer.join();
    EXPECT_EQ(result.bytes, size);
    EXPECT_EQ(guest::first_wrong(to.bytes(), seed), size);
}

TEST_P(Stream, with_more_than_fits_is_efbig)
{
    const memfd_memory from(size, seed);
    memfd_memory to(1 << 20, seed + 1);
    connection line = GetParam()();
    std::thread writer([&] {
        ::signal(SIGPIPE, SIG_IGN);
        EXPECT_THROW(memlane::save(from, line.in), memlane::transfer_error);
    });
    try {
        memlane::load(line.out, to);
        ADD_FAILURE() << "it was loaded";
    } catch (const memlane::transfer_error& e) {
        EXPECT_EQ(e.code().value(), EFBIG);
        EXPECT_EQ(e.done_bytes(), 1 << 20);
    }
    line.out.close();
    writer.join();
}

TEST_P(Stream, that_ends_too_soon_is_told_by_the_count)
{
    memfd_memory to(size, seed);
    connection line = GetParam()();
    ASSERT_EQ(::write(line.in, "12345", 5), 5);
    line.in.close();
    EXPECT_EQ(memlane::load(line.out, to).bytes, 5);

    connection second = GetParam()();
    second.in.close();
    options_.length_bytes = 100;
    EXPECT_THROW(memlane::load(second.out, to, options_), memlane::transfer_error);
}

TEST_P(Stream, that_nobody_reads_is_epipe_with_a_count)
{
    const memfd_memory memory(size, seed);
    connection line = GetParam()();
    line.out.close();
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    try {
        memlane::save(memory, line.in);
        ADD_FAILURE() << "it was saved";
    } catch (const memlane::transfer_error& e) {
        EXPECT_EQ(e.code().value(), EPIPE);
        EXPECT_EQ(e.done_bytes(), 0);
        EXPECT_THAT(e.what(), HasSubstr("the stream got those 0 B"));
    }
    ::signal(SIGPIPE, before);
}

TEST_P(Stream, has_neither_verify_nor_offsets_nor_other_ways)
{
    const memfd_memory memory(size, seed);
    const connection line = GetParam()();
    EXPECT_THROW(memlane::save(memory, line.in, {.verify = true}), memlane::error);
    EXPECT_THROW(memlane::save(memory, line.in, {.file_offset_bytes = 0}), memlane::error);
    EXPECT_THROW(memlane::save(memory, line.in, {.requested = way_kind::direct}), memlane::error);
}

TEST(Fifo, is_a_stream_by_its_path)
{
    const guest::scratch_dir dir;
    const std::string path = dir.file("fifo");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const memfd_memory from(size, seed);
    memfd_memory to(size, seed + 1);
    std::thread writer([&] { EXPECT_EQ(memlane::save(from, path).used, way_kind::stream); });
    EXPECT_EQ(memlane::load(path, to).bytes, size);
    writer.join();
    EXPECT_EQ(guest::first_wrong(to.bytes(), seed), size);
}

TEST(StreamMethod, is_chosen_by_trying)
{
    const connection pipe = make_pipe();
    const connection socket = make_socket();
    const guest::fd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    const memfd_memory with_descriptor(1 << 20, seed);
    const auto without = memlane::open_source("memfd:1000000");
    EXPECT_EQ(choose_stream_method(with_descriptor, pipe.in), stream_method::splice);
    EXPECT_EQ(choose_stream_method(with_descriptor, socket.in), stream_method::splice);
    EXPECT_EQ(choose_stream_method(*without, pipe.in), stream_method::vmsplice);
    EXPECT_EQ(choose_stream_method(*without, socket.in), stream_method::write);
    EXPECT_EQ(choose_stream_method(with_descriptor, null), stream_method::write);
}

} // namespace
