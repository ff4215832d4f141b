// SPDX-License-Identifier: GPL-2.0-or-later
// Sources and targets that change under a transfer's hands.
#include <atomic>
#include <csignal>

#include <sys/resource.h>
#include <unistd.h>

#include "memlane/source.hpp"
#include "save_fixture.hpp"

namespace {

using memlane::transfer_error;
using memlane::transfer_progress;
using memlane::way_kind;
using testing::AllOf;
using testing::HasSubstr;

class Vanish : public Save {
protected:
    static constexpr std::uint64_t left = (2 << 20) + 5000; // no multiple of a page

    Vanish()
    {
        std::ofstream(memory_path_, std::ios::binary)
            .write(reinterpret_cast<const char*>(memory_.bytes().data()), size);
    }

    void shrink() const { ASSERT_EQ(::truncate(memory_path_.c_str(), left), 0); }

    std::string memory_path_ = dir_.file("memory");
};

INSTANTIATE_TEST_SUITE_P(Ways, Vanish,
                         testing::Values(way_kind::direct, way_kind::bounce, way_kind::buffered),
                         way_name);

TEST_P(Vanish, a_source_that_shrinks_is_reported_with_the_offset)
{
    const auto source = memlane::open_source("file:" + memory_path_);
    shrink();
    try {
        memlane::save(*source, path_, options_);
        FAIL() << "it was saved";
    } catch (const transfer_error& e) {
        EXPECT_EQ(e.code().value(), EFAULT) << e.what();
        // The page with the end is there, with zeros behind it.
        constexpr std::uint64_t valid = (left + 4095) / 4096 * 4096;
        EXPECT_EQ(e.done_bytes(), valid);
        EXPECT_THAT(e.what(), AllOf(HasSubstr("no memory at offset " + std::to_string(valid)),
                                    HasSubstr("the file has 2102152 bytes now, not 4194304")));
    }
    const auto file = content(path_);
    ASSERT_GE(file.size(), left);
    EXPECT_TRUE(std::equal(file.begin(), file.begin() + left, memory_.bytes().begin()));
}

TEST_P(Vanish, a_target_memory_that_shrinks_is_reported_with_the_offset)
{
    const std::string from = dir_.file("from");
    std::ofstream(from, std::ios::binary)
        .write(reinterpret_cast<const char*>(memory_.bytes().data()), size);
    const auto target =
        memlane::open_source("file:" + memory_path_, memlane::access_mode::read_write);
    shrink();
    try {
        memlane::load(from, *target, options_);
        FAIL() << "it was loaded";
    } catch (const transfer_error& e) {
        EXPECT_EQ(e.code().value(), EFAULT) << e.what();
        EXPECT_LE(e.done_bytes(), (left + 4095) / 4096 * 4096);
        EXPECT_THAT(e.what(), HasSubstr("the file has 2102152 bytes now"));
    }
}

TEST_P(Vanish, the_sigbus_of_others_goes_to_their_handler)
{
    const int status = guest::in_child([&] {
        std::signal(SIGBUS, [](int) { ::_exit(42); });
        const auto source = memlane::open_source("file:" + memory_path_);
        options_.progress = [&](const transfer_progress&) { std::raise(SIGBUS); };
        memlane::save(*source, path_, options_);
        return 0;
    });
    EXPECT_EQ(status, 42);
}

TEST_P(Vanish, sigbus_is_as_it_was_afterwards)
{
    const auto handler = std::signal(SIGBUS, SIG_IGN);
    save();
    EXPECT_EQ(std::signal(SIGBUS, handler), SIG_IGN);
}

} // namespace
