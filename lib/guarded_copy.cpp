// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guarded_copy.hpp"

#include <unistd.h>

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <mutex>

#include "device_copy.hpp"

namespace memlane::detail {

namespace {

/** The copy that this thread is at. */
struct guard {
    std::uintptr_t start = 0;
    std::size_t length = 0;
    volatile std::uintptr_t fault = 0;
    sigjmp_buf back;
};

thread_local guard* current = nullptr;

std::mutex scopes_mutex; // guards the two below
unsigned scopes = 0;
struct sigaction before = {};

bool is_ours(const siginfo_t* info)
{
    return current != nullptr &&
           reinterpret_cast<std::uintptr_t>(info->si_addr) - current->start < current->length;
}

void on_sigbus(int number, siginfo_t* info, void* context)
{
    if (is_ours(info)) {
        current->fault = reinterpret_cast<std::uintptr_t>(info->si_addr);
        siglongjmp(current->back, 1);
    }
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        ::sigaction(number, &before, nullptr); // the same access again does what it would have
    }
}

/** @return bytes in front of the page of @p fault. */
std::size_t valid_bytes(const guard& scope)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const std::uintptr_t page_start = scope.fault / page * page;
    return page_start > scope.start ? page_start - scope.start : 0;
}

/**
 * Calls @p copy, which touches @p length bytes at @p memory and must own
 * nothing: it is left by a jump.
 */
template <typename Copy>
std::size_t guarded(const std::byte* memory, std::size_t length, Copy copy)
{
    guard scope;
    scope.start = reinterpret_cast<std::uintptr_t>(memory);
    scope.length = length;
    if (sigsetjmp(scope.back, 1) != 0) {
        current = nullptr;
        return valid_bytes(scope);
    }
    current = &scope;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    copy();
    std::atomic_signal_fence(std::memory_order_seq_cst);
    current = nullptr;
    return length;
}

} // namespace

sigbus_scope::sigbus_scope()
{
    const std::lock_guard lock(scopes_mutex);
    if (scopes++ == 0) {
        struct sigaction action = {};
        action.sa_sigaction = on_sigbus;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        ::sigaction(SIGBUS, &action, &before);
    }
}

sigbus_scope::~sigbus_scope()
{
    const std::lock_guard lock(scopes_mutex);
    if (--scopes == 0) {
        ::sigaction(SIGBUS, &before, nullptr);
    }
}

std::size_t copy_from(std::span<const std::byte> from, std::byte* to, access_kind access)
{
    const auto copy = access == access_kind::device ? copy_from_device : copy_cached;
    return guarded(from.data(), from.size(), [=] { copy(to, from.data(), from.size()); });
}

std::size_t copy_to(std::span<std::byte> to, const std::byte* from, access_kind access)
{
    const auto copy = access == access_kind::device ? copy_to_device : copy_cached;
    return guarded(to.data(), to.size(), [=] { copy(to.data(), from, to.size()); });
}

} // namespace memlane::detail
