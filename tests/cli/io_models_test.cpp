// SPDX-License-Identifier: GPL-2.0-or-later
/// The samples that wait for frames, each by another I/O model: what they get,
/// and that they sleep as long as there is nothing.
#include "ring_end.hpp"

#include <array>
#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

using namespace guest;
using namespace std::chrono_literals;
using testing::HasSubstr;

namespace {

using seconds = std::chrono::duration<double>;

constexpr std::uint64_t burst = 5;

/// @return a sample's path; this program is build/PRESET/tests/SUITE/NAME.
std::string sample(const std::string& name)
{
    const auto build = std::filesystem::read_symlink("/proc/self/exe") / "../../..";
    return (build / "samples" / name).lexically_normal().string();
}

/// What a sample printed, and what it took.
struct outcome {
    int status = -1;
    std::string text;
    std::uint64_t frames = 0;
    std::uint64_t dropped = 0;
    std::uint64_t wake_ups = 0;
    std::uint64_t last = 0;
};

/// A sample, running on the first processor. Killed at scope end if it still is.
class running {
public:
    explicit running(std::vector<std::string> words)
    {
        std::array<int, 2> ends = {};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        pid_ = fork_child();
        if (pid_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            run(words);
        }
        ::close(ends[1]);
        out_ = ::fdopen(ends[0], "r");
    }
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running()
    {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait_child(pid_);
        }
        std::fclose(out_);
    }

    /// @return the processor time that it has taken.
    [[nodiscard]] seconds cpu() const
    {
        clockid_t clock = {};
        timespec time = {};
        EXPECT_EQ(::clock_getcpuclockid(pid_, &clock), 0);
        EXPECT_EQ(::clock_gettime(clock, &time), 0);
        return seconds(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9);
    }

    outcome wait()
    {
        outcome result;
        std::array<char, 256> line = {};
        while (std::fgets(line.data(), line.size(), out_) != nullptr) {
            result.text += line.data();
        }
        result.status = wait_child(std::exchange(pid_, -1));
        const std::size_t start = result.text.find("frames ");
        if (start != std::string::npos) {
            EXPECT_EQ(std::sscanf(result.text.c_str() + start,
                                  "frames %" SCNu64 " dropped %" SCNu64 " wake-ups %" SCNu64
                                  " last %" SCNu64,
                                  &result.frames, &result.dropped, &result.wake_ups, &result.last),
                      4)
                << result.text;
        }
        return result;
    }

private:
    [[noreturn]] static void run(std::vector<std::string>& words)
    {
        cpu_set_t first;
        CPU_ZERO(&first);
        CPU_SET(0, &first);
        ::sched_setaffinity(0, sizeof(first), &first);
        std::vector<char*> arguments;
        for (std::string& each : words) {
            arguments.push_back(each.data());
        }
        arguments.push_back(nullptr);
        ::execv(arguments.front(), arguments.data());
        exit_child(127);
    }

    pid_t pid_ = -1;
    std::FILE* out_ = nullptr;
};

/// On the first processor, and before all else there: what a thread commits
/// without sleeping is one batch for a sample.
void become_urgent()
{
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    ASSERT_EQ(::pthread_setaffinity_np(::pthread_self(), sizeof(first), &first), 0);
    const sched_param priority = {.sched_priority = 10};
    ASSERT_EQ(::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &priority), 0);
}

class IoModels : public testing::TestWithParam<const char*> {
protected:
    static constexpr std::uint64_t bursts = 12;

    /// Each write takes its time, so that several can be under way.
    static void SetUpTestSuite()
    {
        disk = std::make_unique<scratch_fs>(disk_options{.size_mib = 64, .latency_ns = 2'000'000},
                                            "^has_journal");
    }
    static void TearDownTestSuite() { disk.reset(); }

    void make_ring(std::size_t slots)
    {
        slots_ = slots;
        ring_.emplace(ring_of("drop-newest", std::to_string(slots * page)));
        ASSERT_EQ(ring_->error(), 0);
        producer_.emplace(*ring_);
        ASSERT_EQ(producer_->acquire(), 0);
    }

    [[nodiscard]] std::vector<std::string> command(std::uint64_t count) const
    {
        return {sample(GetParam()), ring_->node(), std::to_string(count)};
    }

    [[nodiscard]] bool is(const char* name) const { return std::string(GetParam()) == name; }

    /// Waits until the sample has opened the region, and is likely to sleep.
    void wait_for_sample() const
    {
        for (int i = 0; i < 1000 && counter(ring_->name(), "open_count") < 2; ++i) {
            std::this_thread::sleep_for(10ms);
        }
        ASSERT_EQ(counter(ring_->name(), "open_count"), 2U);
        std::this_thread::sleep_for(300ms);
    }

    /// Waits until the sample has taken and released all.
    void wait_until_drained() const
    {
        for (int i = 0; i < 5000; ++i) {
            const memlane_ring_status now = status_of(producer_->fd());
            if (now.waiting == 0 && now.held == 0) {
                return;
            }
            std::this_thread::sleep_for(2ms);
        }
        FAIL() << "frames wait, and nobody takes them";
    }

    void commit(std::uint64_t count)
    {
        const mapping memory(producer_->fd(), slots_ * page, PROT_READ | PROT_WRITE);
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint32_t slot = producer_->frame().slot;
            fill(memory.bytes().subspan(slot * page, page), static_cast<std::uint32_t>(committed_));
            ASSERT_EQ(producer_->commit(slot, page), 0);
            ++committed_;
        }
    }

    /// Commits @p length frames again and again, each time when nothing is left.
    void commit_bursts(
        std::uint64_t length, std::chrono::milliseconds pause = 0ms,
        const std::function<void()>& before_the_last = [] {})
    {
        std::thread urgent([&] {
            become_urgent();
            for (std::uint64_t i = 1; i <= bursts && !HasFatalFailure(); ++i) {
                wait_until_drained();
                std::this_thread::sleep_for(pause);
                if (i == bursts) {
                    before_the_last();
                }
                commit(length);
            }
        });
        urgent.join();
    }

    static std::unique_ptr<scratch_fs> disk;

    std::size_t slots_ = 0;
    std::optional<region> ring_;
    std::optional<ring_end> producer_;
    std::uint64_t committed_ = 0;
};

std::unique_ptr<scratch_fs> IoModels::disk;

INSTANTIATE_TEST_SUITE_P(samples, IoModels,
                         testing::Values("wait_blocking", "wait_nonblocking", "wait_poll",
                                         "wait_epoll", "wait_sigio", "wait_io_uring"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(IoModels, sleep_until_a_frame_waits)
{
    make_ring(32);
    running taker(command(bursts * burst));
    wait_for_sample();
    const auto start = std::chrono::steady_clock::now();
    const seconds cpu_start = taker.cpu();
    seconds elapsed = {};
    seconds cpu = {};
    commit_bursts(burst, 60ms, [&] {
        elapsed = std::chrono::steady_clock::now() - start;
        cpu = taker.cpu() - cpu_start;
    });
    const outcome result = taker.wait();

    EXPECT_EQ(result.status, 0) << result.text;
    EXPECT_EQ(result.frames, bursts * burst);
    EXPECT_EQ(result.dropped, 0U);
    EXPECT_EQ(result.last, bursts * burst - 1);
    EXPECT_LT(cpu, 0.3 * elapsed) << "it is busy";

    if (is("wait_nonblocking")) {
        EXPECT_LE(result.wake_ups, (elapsed + 2s) / 5ms);
    } else if (is("wait_epoll")) {
        // By level, once for each frame; by edge, once for each burst.
        EXPECT_EQ(result.wake_ups, bursts * burst / 2 + bursts / 2);
    } else if (is("wait_blocking")) {
        EXPECT_GE(result.wake_ups, bursts);
        EXPECT_LE(result.wake_ups, bursts + 4) << "memory and files make it sleep too";
    } else {
        EXPECT_EQ(result.wake_ups, bursts);
    }
    if (is("wait_io_uring")) {
        EXPECT_THAT(result.text, HasSubstr("armed 1 times"));
    }
}

TEST_P(IoModels, learn_what_was_dropped)
{
    make_ring(4);
    constexpr std::uint64_t kept = 3;
    constexpr std::uint64_t length = 20;
    running taker(command(bursts * kept));
    wait_for_sample();
    commit_bursts(length);
    const outcome result = taker.wait();
    EXPECT_EQ(result.status, 0) << result.text;
    EXPECT_EQ(result.frames, bursts * kept);
    EXPECT_EQ(result.dropped, (bursts - 1) * (length - kept));
    EXPECT_EQ(result.last, (bursts - 1) * length + kept - 1);
    EXPECT_EQ(status_of(producer_->fd()).dropped, bursts * (length - kept));
}

TEST_P(IoModels, write_what_was_committed)
{
    const std::string file = disk->file("frames");
    constexpr std::uint64_t count = bursts * burst;
    make_ring(32);
    std::vector<std::string> words = command(count);
    words.push_back(file);
    running taker(words);
    wait_for_sample();
    commit_bursts(burst);
    const outcome result = taker.wait();
    ASSERT_EQ(result.status, 0) << result.text;
    EXPECT_EQ(result.dropped, 0U);

    const fd written(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const mapping content(written, count * page, PROT_READ);
    ASSERT_TRUE(content.ok());
    ASSERT_EQ(std::filesystem::file_size(file), count * page);
    for (std::uint32_t i = 0; i < count; ++i) {
        ASSERT_EQ(first_wrong(content.bytes().subspan(i * page, page), i), page) << "frame " << i;
    }
    if (is("wait_io_uring")) {
        EXPECT_THAT(result.text, HasSubstr("at most " + std::to_string(burst) + " writes"));
    }
}

TEST(Takers, want_a_region_with_slots)
{
    const region plain;
    EXPECT_EQ(running({sample("wait_poll")}).wait().status, 2);
    EXPECT_EQ(running({sample("wait_poll"), "/dev/memlane/none-such", "1"}).wait().status, 1);
    EXPECT_EQ(running({sample("wait_poll"), plain.node(), "1"}).wait().status, 1);
}

} // namespace
