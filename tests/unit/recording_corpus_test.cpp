// SPDX-License-Identifier: GPL-2.0-or-later
// What 'make fuzz' begins with, and what it once found.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recording_case.hpp"

namespace {

std::vector<std::filesystem::path> corpus()
{
    std::vector<std::filesystem::path> found;
    for (const auto& each : std::filesystem::directory_iterator(MEMLANE_CORPUS)) {
        found.push_back(each.path());
    }
    std::ranges::sort(found);
    return found;
}

std::string content(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(RecordingCorpus, nothing_in_it_does_harm)
{
    ASSERT_THAT(corpus(), testing::SizeIs(testing::Ge(5U)));
    for (const auto& path : corpus()) {
        SCOPED_TRACE(path);
        const std::string input = content(path);
        fuzz::try_recording(std::as_bytes(std::span(input)));
    }
}

TEST(RecordingCorpus, nothing_cut_off_or_flipped_does_harm)
{
    for (const auto& path : corpus()) {
        const std::string input = content(path);
        const std::size_t step = 1 + input.size() / 41;
        for (std::size_t at = 0; at < input.size(); at += step) {
            fuzz::try_recording(std::as_bytes(std::span(input).first(at)));
            std::string flipped = input;
            flipped[at] = static_cast<char>(~flipped[at]);
            fuzz::try_recording(std::as_bytes(std::span(flipped)));
        }
    }
}

} // namespace
