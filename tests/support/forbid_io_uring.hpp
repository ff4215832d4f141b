// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_TESTS_SUPPORT_FORBID_IO_URING_HPP
#define MEMLANE_TESTS_SUPPORT_FORBID_IO_URING_HPP

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace guest {

/// From here on a system call of this process fails with @p errnum. It cannot be taken
/// back: for children.
inline void forbid_call(unsigned number, unsigned errnum)
{
    std::array<sock_filter, 4> program = {{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, number},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | errnum},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog filter = {program.size(), program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        throw std::system_error(errno, std::generic_category(), "seccomp");
    }
}

/// As the sysctl kernel.io_uring_disabled=2 does.
inline void forbid_io_uring()
{
    forbid_call(__NR_io_uring_setup, EPERM);
}

} // namespace guest

#endif
