// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guarded_copy.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <mutex>

#include "device_copy.hpp"

namespace memlane::detail {

namespace {

/** The copy that this thread is at. */
struct guard {
    std::uintptr_t start = 0;
    std::size_t length = 0;
    volatile std::size_t done = 0; // bytes, all of them copied
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

/** @return bytes from @p address to the end of its page. */
std::size_t rest_of_page(const std::byte* address)
{
    static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return page - reinterpret_cast<std::uintptr_t>(address) % page;
}

/**
 * Calls @p copy(offset, length) for each page of @p memory, which must own
 * nothing: it is left by a jump. Page by page, since memcpy(3) has no order.
 *
 * @return bytes in front of the page that is not there
 */
template <typename Copy>
std::size_t guarded(const std::byte* memory, std::size_t length, Copy copy)
{
    guard scope;
    scope.start = reinterpret_cast<std::uintptr_t>(memory);
    scope.length = length;
    if (sigsetjmp(scope.back, 1) != 0) {
        current = nullptr;
        return scope.done;
    }
    current = &scope;
    while (scope.done < scope.length) { // an argument need not survive the jump
        const std::size_t at = scope.done;
        const std::size_t part = std::min(rest_of_page(memory + at), scope.length - at);
        copy(at, part);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        scope.done = at + part;
    }
    current = nullptr;
    return scope.length;
}

using copy_words = void (*)(std::byte* to, const std::byte* from, std::size_t length);

template <typename Word>
void read_words(std::byte* to, const std::byte* from, std::size_t length)
{
    const auto* const words = reinterpret_cast<const volatile Word*>(from);
    for (std::size_t i = 0; i < length / sizeof(Word); ++i) {
        const Word value = words[i];
        std::memcpy(to + i * sizeof(Word), &value, sizeof(Word));
    }
}

template <typename Word>
void write_words(std::byte* to, const std::byte* from, std::size_t length)
{
    auto* const words = reinterpret_cast<volatile Word*>(to);
    for (std::size_t i = 0; i < length / sizeof(Word); ++i) {
        Word value = 0;
        std::memcpy(&value, from + i * sizeof(Word), sizeof(Word));
        words[i] = value;
    }
}

copy_words by_width(unsigned width, copy_words eight, copy_words four, copy_words two,
                    copy_words one)
{
    switch (width) {
    case 8:
        return eight;
    case 4:
        return four;
    case 2:
        return two;
    default:
        return one;
    }
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
    return guarded(from.data(), from.size(),
                   [=](std::size_t at, std::size_t length) { copy(to + at, &from[at], length); });
}

std::size_t copy_to(std::span<std::byte> to, const std::byte* from, access_kind access)
{
    const auto copy = access == access_kind::device ? copy_to_device : copy_cached;
    return guarded(to.data(), to.size(),
                   [=](std::size_t at, std::size_t length) { copy(&to[at], from + at, length); });
}

std::size_t copy_words_from(std::span<const std::byte> from, std::byte* to, unsigned width)
{
    const copy_words copy = by_width(width, read_words<std::uint64_t>, read_words<std::uint32_t>,
                                     read_words<std::uint16_t>, read_words<std::uint8_t>);
    return guarded(from.data(), from.size(),
                   [=](std::size_t at, std::size_t length) { copy(to + at, &from[at], length); });
}

std::size_t copy_words_to(std::span<std::byte> to, const std::byte* from, unsigned width)
{
    const copy_words copy = by_width(width, write_words<std::uint64_t>, write_words<std::uint32_t>,
                                     write_words<std::uint16_t>, write_words<std::uint8_t>);
    return guarded(to.data(), to.size(),
                   [=](std::size_t at, std::size_t length) { copy(&to[at], from + at, length); });
}

} // namespace memlane::detail
