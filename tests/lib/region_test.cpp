// SPDX-License-Identifier: GPL-2.0-or-later
// Regions through the library, against the module.
#include "memlane/region.hpp"

#include <algorithm>
#include <cerrno>
#include <functional>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "memlane/error.hpp"
#include "memlane/region_admin.hpp"
#include "memlane/region_status.hpp"

namespace {

using guest::mib;
using memlane::access_mode;
using memlane::region;
using memlane::region_kind;
using testing::HasSubstr;

/** Expects @p action to fail with @p errnum and to say @p text. */
void expect_error(int errnum, const std::string& text, const std::function<void()>& action)
{
    try {
        action();
        ADD_FAILURE() << "it worked";
    } catch (const memlane::error& e) {
        EXPECT_EQ(e.code().value(), errnum) << e.what();
        EXPECT_THAT(e.what(), HasSubstr(text));
    }
}

TEST(Region, is_found_by_each_of_its_names)
{
    const guest::region made;
    for (const std::string& name : {made.name(), "memlane:" + made.name(), made.node()}) {
        const region opened(name);
        EXPECT_EQ(opened.info().name, made.name());
        EXPECT_EQ(opened.uri(), "memlane:" + made.name());
    }
}

TEST(Region, knows_what_it_is)
{
    const guest::region made({.size = "8M", .phys_addr = guest::reserved_base});
    ASSERT_EQ(made.error(), 0);
    const region opened(made.name());
    EXPECT_EQ(opened.info().kind, region_kind::reserved);
    EXPECT_EQ(opened.info().size_bytes, 8 * mib);
    EXPECT_EQ(opened.info().phys_addr, guest::reserved_base);
    EXPECT_EQ(opened.info().segments, 1);
    EXPECT_EQ(opened.info().page_bytes, guest::page);
}

TEST(Region, that_is_not_there_is_told_with_those_that_are)
{
    const guest::region made;
    expect_error(ENOENT, made.name(), [] { const region none("no-such-region"); });
}

TEST(Region, cannot_be_destroyed_while_open)
{
    const guest::region made;
    const region opened(made.name());
    expect_error(EBUSY, "open_count 1", [&] { memlane::destroy_region(made.name()); });
}

TEST(Mapping, shows_the_bytes_that_read_and_write_see)
{
    const guest::region made;
    const region opened(made.name(), access_mode::read_write);
    const memlane::mapping map = opened.map(0, mib);
    map.bytes()[4097] = std::byte{0xa5};

    unsigned char byte = 0;
    ASSERT_EQ(::pread(opened.fd(), &byte, 1, 4097), 1);
    EXPECT_EQ(byte, 0xa5);
}

TEST(Mapping, may_begin_and_end_anywhere)
{
    const guest::region made;
    const region opened(made.name(), access_mode::read_write);
    opened.map(0, mib).bytes()[5000] = std::byte{1};
    const memlane::mapping part = opened.map(5000, 3);
    ASSERT_EQ(part.bytes().size(), 3);
    EXPECT_EQ(part.bytes()[0], std::byte{1});
    EXPECT_EQ(part.bytes()[1], std::byte{0});
}

TEST(Mapping, of_nothing_is_empty)
{
    const guest::region made;
    EXPECT_TRUE(region(made.name()).map(0, 0).bytes().empty());
}

TEST(Mapping, moves_and_outlives_its_region)
{
    const guest::region made;
    memlane::mapping first = region(made.name(), access_mode::read_write).map(0, 4096);
    first.bytes()[0] = std::byte{9};
    const memlane::mapping second = std::move(first);
    EXPECT_EQ(second.bytes()[0], std::byte{9});
}

TEST(Mapping, past_the_end_is_refused)
{
    const guest::region made;
    const region opened(made.name());
    expect_error(EINVAL, "is not inside", [&] { static_cast<void>(opened.map(mib, 4096)); });
}

TEST(Admin, creates_lists_and_destroys)
{
    const std::string name = guest::region::unique_name();
    memlane::create_region(
        {.name = name, .size_bytes = 2 * mib, .phys_addr = {}, .contiguous = true});

    const memlane::region_status status = memlane::read_status(name);
    EXPECT_EQ(status.kind, region_kind::pages);
    EXPECT_EQ(status.size_bytes, 2 * mib);
    EXPECT_EQ(status.segments, 1);
    EXPECT_EQ(status.open_count, 0);

    const auto regions = memlane::list_regions();
    EXPECT_TRUE(std::any_of(regions.begin(), regions.end(),
                            [&](const auto& each) { return each.name == name; }));
    memlane::destroy_region(name);
    expect_error(ENOENT, name, [&] { static_cast<void>(memlane::read_status(name)); });
    expect_error(ENOENT, name, [&] { memlane::destroy_region(name); });
}

TEST(Admin, leaves_nothing_of_a_region_that_cannot_be)
{
    const std::string name = guest::region::unique_name();
    expect_error(ENOMEM, "available", [&] {
        memlane::create_region({.name = name, .size_bytes = 1ULL << 44, .phys_addr = {}});
    });
    EXPECT_NE(::access(("/sys/kernel/config/memlane/" + name).c_str(), F_OK), 0);
}

TEST(Admin, counts_what_was_opened)
{
    const guest::region made;
    const region first(made.name());
    const region second(made.name());
    EXPECT_EQ(memlane::read_status(made.name()).open_count, 2);
}

} // namespace
