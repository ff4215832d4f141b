// SPDX-License-Identifier: GPL-2.0-or-later
// Each number that a verb takes, as the verbs themselves tell: nothing, none, one, the
// largest, one below zero and one too large. A verb ends soon, or when it is told to.
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command.hpp"
#include "pages/describe.hpp"
#include "recording_files.hpp"
#include "scratch_dir.hpp"

namespace {

using guest::command_result;
using ::memlane::tool::parameter;
using ::memlane::tool::verb;
using ::memlane::tool::verbs;
using testing::HasSubstr;
using words = std::vector<std::string>;
using namespace std::chrono_literals;

const std::set<std::string> number_types = {"N", "S", "F", "RATE", "PORT", "PID", "WIDTH"};

bool is_number(const parameter& each)
{
    return number_types.contains(each.value) || each.name == "OFFSET" || each.name == "VALUE";
}

/// What stands for each argument of a verb, and what an option cannot do without.
class Lines {
public:
    /// @return a line that does little, with @p value for @p which.
    [[nodiscard]] words make(const verb& of, const parameter& which, const std::string& value) const
    {
        words line = {std::string(of.name)};
        for (const parameter& each : describe(of).arguments) {
            line.push_back(each.name == which.name ? value : argument(of, each));
        }
        if (!which.is_argument()) {
            line.push_back(which.name + "=" + value);
            // With = an empty value would not be one.
            if (value.empty()) {
                line.back() = which.name;
                line.emplace_back();
            }
        }
        const words others = needed(std::string(of.name), which.name);
        line.insert(line.end(), others.begin(), others.end());
        return line;
    }

private:
    [[nodiscard]] std::string argument(const verb& of, const parameter& which) const
    {
        static const std::map<std::string, std::string> values = {
            {"OFFSET", "0"},    {"VALUE", "1"},       {"PICTURE", "bars"},
            {"NAME", "values"}, {"REGION", "values"}, {"TARGET", "."}};
        if (which.name == "OUT") {
            return of.name == "record" ? folder_.file("made") : recording_.base();
        }
        if (which.name == "FILE") {
            return of.name == "load" ? recording_.raw() : folder_.file("out");
        }
        const auto found = values.find(which.name);
        return found != values.end() ? found->second : "memfd:64K";
    }

    [[nodiscard]] static words needed(const std::string& of, const std::string& option)
    {
        words line;
        const auto add = [&](const std::string& name, const std::string& value) {
            if (option != name) {
                line.insert(line.end(), {name, value});
            }
        };
        if (of == "create") {
            add("--size", "1M");
        }
        if (of == "draw" || of == "shot" || of == "view" || option == "--refresh" ||
            option == "--pages") {
            add("--geometry", "16x16");
        }
        if (of == "draw" && (option == "--frames" || option == "--seconds" || option == "--fps")) {
            line.emplace_back("--animate");
        }
        if (of == "view") {
            add("--listen", "127.0.0.1:0");
        }
        if (of == "doctor" && (option == "--pid" || option == "--address")) {
            add("--pid", std::to_string(::getpid()));
            add("--address", "4096");
            std::erase(line, "memfd:64K");
        }
        return line;
    }

    guest::scratch_dir folder_;
    recordings::files recording_;
};

/// Runs it; who goes on is told to end. @return how it ended, not by a signal
command_result run(const words& line)
{
    guest::command running(line);
    const auto start = std::chrono::steady_clock::now();
    siginfo_t ended = {};
    bool told = false;
    while (ended.si_pid == 0 && std::chrono::steady_clock::now() - start < 10s) {
        if (!told && std::chrono::steady_clock::now() - start > 1s) {
            running.signal(SIGTERM);
            told = true;
        }
        ::usleep(2000);
        ::waitid(P_PID, static_cast<id_t>(running.pid()), &ended, WEXITED | WNOHANG | WNOWAIT);
    }
    EXPECT_NE(ended.si_pid, 0) << "it goes on";
    if (ended.si_pid == 0) {
        running.signal(SIGKILL);
    }
    EXPECT_EQ(ended.si_code, CLD_EXITED) << "by signal " << ended.si_status;
    command_result result = running.wait();
    if (told) {
        EXPECT_THAT(result.status, testing::AnyOf(0, 128 + SIGTERM)) << result.err;
    } else {
        EXPECT_THAT(result.status, testing::AnyOf(0, 1, 2)) << result.err;
    }
    EXPECT_THAT(result.err, testing::Not(HasSubstr("std::"))) << "not an error of ours";
    return result;
}

class Values : public testing::TestWithParam<const verb*> {
protected:
    template <typename Check>
    void for_each_number(const words& values, Check check)
    {
        const auto known = describe(*GetParam());
        for (const auto& list : {known.arguments, known.options}) {
            for (const parameter& each : list) {
                for (const std::string& value : is_number(each) ? values : words{}) {
                    SCOPED_TRACE(std::string(GetParam()->name) + " " + each.name + " '" + value +
                                 "'");
                    check(run(lines_.make(*GetParam(), each, value)));
                }
            }
        }
    }

    Lines lines_;
};

TEST_P(Values, that_are_no_number_are_refused)
{
    for_each_number({"", "-1", "1x", " ", "18446744073709551616", "0x10000000000000000"},
                    [](const command_result& result) {
                        EXPECT_EQ(result.status, 2) << result.out << result.err;
                        EXPECT_EQ(result.out, "");
                        EXPECT_THAT(result.err, HasSubstr("\nTry 'memlane "));
                    });
}

TEST_P(Values, at_their_limits_end_soon)
{
    for_each_number({"0", "1", "0xffffffff", "18446744073709551615"},
                    [](const command_result& /*result*/) {});
}

INSTANTIATE_TEST_SUITE_P(Verbs, Values, testing::ValuesIn(verbs().begin(), verbs().end()),
                         [](const auto& each) { return std::string(each.param->name); });

TEST(NoBytes, between_two_syncs_make_no_sense)
{
    const command_result result = guest::memlane({"record", "a", "b", "--sync-every", "0"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("--sync-every: must be at least 1"));
}

} // namespace
