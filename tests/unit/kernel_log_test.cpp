// SPDX-License-Identifier: GPL-2.0-or-later
// What fails a test in the guest, and what must not.
#include "kernel_log.hpp"

namespace {

TEST(KernelLog, reports_of_bugs_are_found)
{
    for (const char* message : {
             "WARNING: CPU: 1 PID: 7 at mm/gup.c:23 try_grab_page+0x1/0x2",
             "WARNING: possible circular locking dependency detected",
             "BUG: kernel NULL pointer dereference, address: 0000000000000008",
             "BUG: KASAN: use-after-free in memlane_save+0x1/0x2 [memlane]",
             "BUG kmalloc-64 (Tainted: G           OE     ): Redzone overwritten",
             "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!",
             "kernel BUG at mm/slub.c:435!",
             "Oops: 0002 [#1] PREEMPT SMP NOPTI",
             "general protection fault, probably for non-canonical address 0xdead000000000100",
             "UBSAN: shift-out-of-bounds in module/transfer.c:12:3",
             "refcount_t: underflow; use-after-free.",
             "list_del corruption. next->prev should be ffff, but was 0000",
             "INFO: task memlane:42 blocked for more than 120 seconds.",
             "INFO: trying to register non-static key.",
             "rcu: INFO: rcu_preempt self-detected stall on CPU",
             "kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
             "sysfs: cannot create duplicate filename '/class/memlane/a'",
             "Call Trace:",
         }) {
        EXPECT_TRUE(guest::is_kernel_report(message)) << message;
    }
}

TEST(KernelLog, ordinary_messages_are_no_reports)
{
    for (const char* message : {
             "",
             "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
             "memlane: loading out-of-tree module taints kernel.",
             "memlane: capture: cannot claim 0x80000000: in use (EBUSY)",
             "Kernel command line: console=ttyS0 oops=panic panic=-1",
             "lifetime_test[311]: segfault at 7f21 ip 0000 sp 0000 error 4",
             "traps: lifetime_test[9] general protection fault ip:401 sp:7ff error:0",
             "ACPI BIOS Warning (bug): 32/64X length mismatch in FADT",
             "Buffer I/O error on dev nullb0, logical block 1, lost async page write",
             "printk: debug: ignoring loglevel setting.",
             "Debug: INFO: task done",
         }) {
        EXPECT_FALSE(guest::is_kernel_report(message)) << message;
    }
}

} // namespace
