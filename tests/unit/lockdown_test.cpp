// SPDX-License-Identifier: GPL-2.0-or-later
// What is said where the kernel keeps memory from root. That it does is another kernel's
// command line (lockdown=integrity); here is its file, in a mount namespace.
#include <fstream>

#include <sched.h>
#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guest.hpp"
#include "lockdown.hpp"
#include "memlane/region_status.hpp"

namespace {

using memlane::detail::describe_lockdown;
using memlane::detail::explain_lockdown;

/// @return what @p body does with a lockdown file of that text.
template <typename Body>
int with_text(const std::string& text, Body body)
{
    return guest::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", "/sys/kernel/security", "tmpfs", 0, nullptr) != 0) {
            return 1;
        }
        std::ofstream("/sys/kernel/security/lockdown") << text << '\n';
        return body() ? 0 : 2;
    });
}

TEST(Lockdown, is_told_with_its_mode)
{
    EXPECT_EQ(
        with_text("none [integrity] confidentiality",
                  [] { return describe_lockdown() == "the kernel is locked down (integrity)"; }),
        0);
    EXPECT_EQ(with_text("none integrity [confidentiality]",
                        [] { return explain_lockdown(EPERM).ends_with("(confidentiality)"); }),
              0);
}

TEST(Lockdown, that_is_none_is_no_reason)
{
    for (const char* text : {"[none] integrity confidentiality", "", "] [", "none"}) {
        EXPECT_EQ(with_text(text, [] { return describe_lockdown().empty(); }), 0) << text;
    }
}

TEST(Lockdown, is_no_reason_for_other_errors)
{
    EXPECT_EQ(with_text("none [integrity]", [] { return explain_lockdown(EACCES).empty(); }), 0);
}

TEST(Lockdown, is_named_where_the_module_is_not_loaded)
{
    if (memlane::module_is_loaded()) {
        GTEST_SKIP() << "it is loaded here";
    }
    EXPECT_EQ(with_text("none [integrity]",
                        [] {
                            return memlane::explain_absence().find("locked down (integrity)") !=
                                   std::string::npos;
                        }),
              0);
}

} // namespace
