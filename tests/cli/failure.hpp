// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_CLI_FAILURE_HPP
#define MEMLANE_TESTS_CLI_FAILURE_HPP

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"

/** Runs memlane, which is to fail, to say all @p texts, and to print nothing else. */
inline void expect_failure(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& texts)
{
    const guest::command_result result = guest::memlane(arguments);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    for (const std::string& text : texts) {
        EXPECT_THAT(result.err, testing::HasSubstr(text));
    }
}

#endif
