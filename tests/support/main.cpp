// SPDX-License-Identifier: GPL-2.0-or-later
// The main() of all test programs.
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "kernel_log.hpp"

namespace {

/** In the guest a missing module is a failure: no test may skip because of it. */
class module_environment final : public testing::Environment {
public:
    void SetUp() override
    {
        if (!std::filesystem::exists("/sys/module/memlane")) {
            FAIL() << "memlane.ko is not loaded";
        }
    }
};

} // namespace

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    if (std::getenv("MEMLANE_IN_VM") != nullptr) {
        testing::AddGlobalTestEnvironment(new module_environment);
        testing::UnitTest::GetInstance()->listeners().Append(new guest::kernel_log_listener);
    }
    return RUN_ALL_TESTS();
}
