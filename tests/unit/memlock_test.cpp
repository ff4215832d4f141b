// SPDX-License-Identifier: GPL-2.0-or-later
// Who may lock little memory, and who may not use io_uring, can save as well.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memlane/source.hpp"
#include "save_fixture.hpp"

namespace {

using memlane::transfer_result;
using memlane::way_kind;

using Memlock = Save;

INSTANTIATE_TEST_SUITE_P(Direct, Memlock, testing::Values(way_kind::direct), way_name);

/** @return 0 when a save of resident memory worked and said @p word of its way, else 1. */
int save_and_look_for(const std::string& word, bool shall_be_there, const std::string& path)
{
    const auto memory = memlane::open_source("memfd:64M");
    const transfer_result result =
        memlane::save(*memory, path, {.requested = way_kind::direct, .verify = true});
    const bool there = result.reason.find(word) != std::string::npos;
    return there == shall_be_there && result.bytes == 64 << 20 ? 0 : 1;
}

TEST_P(Memlock, too_small_to_register_memory_goes_on_without_and_says_so)
{
    if (::geteuid() != 0) {
        GTEST_SKIP() << "changing the user takes root";
    }
    {
        std::ofstream make(path_);
    }
    ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
    ASSERT_EQ(::chmod(dir_.file("").c_str(), 0777), 0);
    const guest::fd directory(::open(dir_.file("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_EQ(::fchdir(directory), 0);
    const int status = guest::in_child([&] {
        const rlimit limit = {64 << 10, 64 << 10};
        ::setrlimit(RLIMIT_MEMLOCK, &limit);
        if (::setresuid(guest::nobody, guest::nobody, guest::nobody) != 0) {
            return 2;
        }
        return save_and_look_for("RLIMIT_MEMLOCK (65536 bytes)", true, "out.raw");
    });
    EXPECT_EQ(status, 0);
}

TEST_P(Memlock, large_enough_is_not_mentioned)
{
    EXPECT_EQ(save_and_look_for("RLIMIT_MEMLOCK", false, path_), 0);
}

} // namespace
