// SPDX-License-Identifier: GPL-2.0-or-later
/// The X server's own driver for framebuffers on a screen of ours.
#include "framebuffer.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace guest;

namespace {

constexpr std::uint32_t black = 0;
constexpr std::uint32_t white = 0xffffff;

/// A program that is ended at scope end.
class process {
public:
    explicit process(std::vector<std::string> words) : pid_(fork_child())
    {
        if (pid_ == 0) {
            std::vector<char*> arguments;
            for (std::string& word : words) {
                arguments.push_back(word.data());
            }
            arguments.push_back(nullptr);
            ::execvp(arguments.front(), arguments.data());
            exit_child(127);
        }
    }
    process(const process&) = delete;
    process& operator=(const process&) = delete;
    ~process()
    {
        ::kill(pid_, SIGTERM);
        wait_child(pid_);
    }

private:
    pid_t pid_;
};

bool wait_until(const std::function<bool()>& is_so)
{
    for (int i = 0; i < 300; ++i) {
        if (is_so()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
}

void write_configuration(const std::string& path, const std::string& node)
{
    std::ofstream(path) << "Section \"ServerFlags\"\n"
                           "  Option \"AutoAddDevices\" \"false\"\n"
                           "  Option \"AutoAddGPU\" \"false\"\n"
                           "EndSection\n"
                           "Section \"Device\"\n"
                           "  Identifier \"screen\"\n"
                           "  Driver \"fbdev\"\n"
                           "  Option \"fbdev\" \""
                        << node
                        << "\"\n"
                           "EndSection\n";
}

TEST(Xorg, shows_a_client_on_a_screen)
{
    framebuffer screen;
    ASSERT_EQ(screen.memory().error(), 0);
    const std::string configuration = "/tmp/xorg.conf";
    write_configuration(configuration, screen.node());
    {
        const process server({"Xorg", ":7", "-config", configuration, "-noreset", "-nolisten",
                              "tcp", "-logfile", "/tmp/xorg.log", "vt7"});
        ASSERT_TRUE(wait_until([] { return ::access("/tmp/.X11-unix/X7", F_OK) == 0; }));
        const process client(
            {"xlogo", "-display", ":7", "-geometry", "200x200+100+100", "-bg", "white"});

        const mapping bytes(screen.open(O_RDONLY), std::size_t{640} * 480 * 4, PROT_READ);
        ASSERT_TRUE(bytes.ok());
        const auto pixel = [&](std::size_t x, std::size_t y) {
            const unsigned char* const at = &bytes[(y * 640 + x) * 4];
            return at[0] | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16;
        };
        // The client's window, on its ground; and the X in it, whose strokes cross.
        EXPECT_TRUE(wait_until([&] { return pixel(102, 200) == white; }));
        EXPECT_TRUE(wait_until([&] { return pixel(130, 115) == black; }));
        EXPECT_EQ(pixel(200, 290), white);
        EXPECT_EQ(pixel(400, 200), black);
    }
    EXPECT_TRUE(wait_until([&] { return screen.memory().destroy() == 0; }));
}

} // namespace
