// SPDX-License-Identifier: GPL-2.0-or-later
/// @file
/// All ways to wait for frames, behind one interface.
#ifndef MEMLANE_TESTS_RING_STRESS_WAITER_HPP
#define MEMLANE_TESTS_RING_STRESS_WAITER_HPP

#include <array>
#include <cstddef>
#include <memory>

namespace guest {

enum class io_model {
    blocking, ///< NEXT sleeps
    batches,  ///< NEXT_MANY sleeps
    nonblocking,
    poll,
    select,
    epoll_level,
    epoll_edge,
    sigio,
    io_uring,
};

constexpr std::size_t io_models = 9;
constexpr std::array<const char*, io_models> io_model_names = {
    "blocking",    "batches",    "nonblocking", "poll",    "select",
    "epoll level", "epoll edge", "SIGIO",       "io_uring"};

/// Waits for frames of one open node, for one thread.
class waiter {
public:
    waiter() = default;
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    virtual ~waiter() = default;

    /// Sleeps until a frame may wait since the last EAGAIN, or until a signal comes.
    virtual void wait() = 0;
};

/// @return how to open a node for @p model: O_NONBLOCK, or 0
int open_flags(io_model model);

/// @return what is armed from now on. @throws std::runtime_error
std::unique_ptr<waiter> make_waiter(io_model model, int fd);

/// Blocks the signals that SIGIO waiters take, in threads that begin from now on too.
void block_waiters_signals();

} // namespace guest

#endif
