// SPDX-License-Identifier: GPL-2.0-or-later
/// What `make bench` says of what it measured.
#include "json_file.hpp"
#include "promises.hpp"
#include "results.hpp"
#include "scratch_dir.hpp"
#include "statistics.hpp"
#include "tables.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace {

using nlohmann::json;

constexpr std::uint64_t mib = 1 << 20;

json cost(const std::string& way, const std::string& label, double instructions)
{
    return {{"way", way},
            {"label", label},
            {"sink", "null_blk"},
            {"io_bytes", mib},
            {"instructions_per_MiB", instructions}};
}

class Report : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directory(folder_); }

    void measured(const std::string& name, const json& value) const
    {
        bench::write_json(folder_ + "/" + name + ".json", value);
    }
    [[nodiscard]] bench::results results() const { return {folder_, "6.1.0-1-amd64"}; }

private:
    guest::scratch_dir scratch_;
    std::string folder_ = scratch_.file("results");
};

TEST_F(Report, costs_are_a_table_with_a_way_a_line)
{
    measured("null", {{"rows",
                       {cost("save", "memlane, SAVE", 28709.6),
                        cost("huge_uring_registered", "io_uring", 62817)}}});
    const std::string text = bench::tables(results());
    EXPECT_NE(text.find("| way | null_blk, 1 MiB |\n|---|--:|\n"
                        "| memlane, SAVE | 28,710 |\n| io_uring | 62,817 |\n"),
              std::string::npos)
        << text;
}

TEST_F(Report, what_was_not_measured_is_no_table_and_no_promise)
{
    EXPECT_EQ(bench::tables(results()), "");
    EXPECT_TRUE(bench::promises(results()).empty());
}

TEST_F(Report, a_promise_is_kept_or_broken_by_what_was_measured)
{
    for (const auto& [floor, kept] : {std::pair(27000.0, true), std::pair(20000.0, false)}) {
        measured("null", {{"rows", {cost("save", "SAVE", 28000), cost("floor", "floor", floor)}}});
        const auto all = bench::promises(results());
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all.front().what, "SAVE to the requests alone: null_blk, 1 MiB");
        EXPECT_EQ(all.front().kept(), kept) << all.front().measured;
    }
}

TEST_F(Report, google_benchmarks_names_are_taken_apart)
{
    measured(
        "memory",
        {{"benchmarks",
          {{{"name", "create/64/iterations:1/manual_time"}, {"instructions_per_MiB", 11000}}}}});
    EXPECT_EQ(
        results().find("memory", {{"name", "create"}, {"argument", 64}}, "instructions_per_MiB"),
        11000);
    EXPECT_NE(bench::tables(results()).find("| create, 64 MiB | 11,000 |"), std::string::npos);
}

TEST_F(Report, a_spread_is_told)
{
    measured("host", {{"rows",
                       {{{"name", "dd"},
                         {"what", "save"},
                         {"MiB_per_s", 500},
                         {"MiB_per_s_samples", {400, 500, 1600}},
                         {"cpu_s_per_GiB", 1.5},
                         {"cpu_s_per_GiB_samples", {1.4, 1.5, 1.6}}}}}});
    EXPECT_NE(bench::tables(results()).find("| dd | 500 (400-1,600) | 1.50 (1.40-1.60) |"),
              std::string::npos);
}

TEST_F(Report, a_file_that_is_no_result_is_an_error)
{
    measured("null", {{"something", 1}});
    EXPECT_THROW(static_cast<void>(results()), json::exception);
}

TEST(Numbers, have_the_digits_they_are_worth)
{
    EXPECT_EQ(bench::rounded(0.1234), "0.123");
    EXPECT_EQ(bench::rounded(1.234), "1.23");
    EXPECT_EQ(bench::rounded(12.34), "12.3");
    EXPECT_EQ(bench::rounded(123.4), "123");
    EXPECT_EQ(bench::rounded(1234567), "1,234,567");
    EXPECT_EQ(bench::median({3, 1, 2}), 2);
    EXPECT_THROW(bench::median({}), std::invalid_argument);
}

} // namespace
