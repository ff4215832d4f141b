// SPDX-License-Identifier: GPL-2.0-or-later
/// Every operation with each of its allocations failing, one at a time.
#include "fail_nth.hpp"
#include "guest.hpp"
#include "kernel_log.hpp"

#include <cerrno>
#include <set>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace guest;

namespace {

int error_of(long result)
{
    return result < 0 ? errno : 0;
}

int call(int node, unsigned long request, void* argument)
{
    return error_of(::ioctl(node, request, argument));
}

class FaultInjection : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        ASSERT_TRUE(debug::prepare_fault_injection()) << "for the kernel 'debug' only";
        debug::clear_leaks();
    }

    static void TearDownTestSuite() { EXPECT_EQ(debug::find_leaks(), ""); }

    /// The operation comes through at last, and until then fails as @p errors say. Some
    /// allocations can be done without, so a success in between is none to wonder at.
    static void expect_clean(
        const std::function<int()>& operation, const std::function<void()>& undo = [] {},
        std::set<int> errors = {ENOMEM})
    {
        errors.insert(EFAULT); // copies from and to user space fail like allocations
        const auto attempts = debug::fail_each(operation, undo);
        ASSERT_FALSE(attempts.empty());
        EXPECT_FALSE(attempts.back().reached) << "it never came to an end";
        EXPECT_EQ(attempts.back().error, 0);
        for (const auto& each : attempts) {
            EXPECT_TRUE(each.error == 0 || errors.contains(each.error))
                << "allocation " << each.nth << ": errno " << each.error;
        }
        RecordProperty("allocations", static_cast<int>(attempts.size()) - 1);
    }

    /// Made by configfs, attribute by attribute, and removed.
    static void expect_creation(const region_options& options)
    {
        std::optional<region> made;
        expect_clean(
            [&] {
                made.emplace(options);
                const int error = made->error();
                if (error != 0) {
                    made.reset();
                }
                return error;
            },
            [&] { EXPECT_EQ(made->destroy(), 0); }, {ENOMEM, ENOENT});
    }
};

TEST_F(FaultInjection, creating_pages)
{
    expect_creation({.size = "1M"});
}

TEST_F(FaultInjection, creating_contiguous_pages)
{
    expect_creation({.size = "1M", .contiguous = true});
}

TEST_F(FaultInjection, creating_a_ring)
{
    expect_creation({.size = "1M", .attributes = {{"slot_size", "64K"}}});
}

TEST_F(FaultInjection, creating_a_screen)
{
    expect_creation({.size = "", .attributes = {{"geometry", "64x64"}}});
}

TEST_F(FaultInjection, creating_a_reserved_range)
{
    // The kernel tells that it got no memory for struct pages; on x86 it is astonished.
    const expected_reports reports = {"vmemmap_alloc_block", "add_pages+", "memremap_pages"};
    expect_creation({.size = "128M", .phys_addr = 0x80000000});
}

TEST_F(FaultInjection, destroying)
{
    std::optional<region> made;
    made.emplace();
    expect_clean(
        [&] {
            const int error = made->destroy();
            return error;
        },
        [&] { made.emplace(); });
}

class OpenRegion : public FaultInjection {
protected:
    void SetUp() override
    {
        ASSERT_EQ(region_.error(), 0);
        node_ = region_.open(O_RDWR);
        ASSERT_GE(node_, 0);
    }

    [[nodiscard]] memlane_transfer whole(int target) const
    {
        memlane_transfer args = {};
        args.fd = target;
        args.length = size;
        return args;
    }

    static constexpr std::size_t size = 4U << 20;
    region region_{{.size = "4M", .attributes = {{"slot_size", "64K"}}}};
    fd node_;
};

TEST_F(OpenRegion, opening)
{
    fd second;
    expect_clean([&] { return error_of(second = region_.open(O_RDWR)); }, [&] { second.close(); });
}

TEST_F(OpenRegion, mapping_and_touching)
{
    void* address = MAP_FAILED;
    // A fault that finds no memory is tried again by the kernel until it does, so the
    // pages are asked for by a call that can fail.
    expect_clean(
        [&] {
            address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, node_, 0);
            if (address == MAP_FAILED) {
                return errno;
            }
            const int error = error_of(::madvise(address, size, MADV_POPULATE_WRITE));
            if (error != 0) {
                ::munmap(address, size);
            }
            return error;
        },
        [&] { ::munmap(address, size); }, {ENOMEM, EFAULT, EHWPOISON});
}

TEST_F(OpenRegion, reading_and_writing)
{
    const buffer bytes(size);
    expect_clean([&] { return error_of(::pwrite(node_, bytes.data(), size, 0)); });
    expect_clean([&] { return error_of(::pread(node_, bytes.data(), size, 0)); });
}

TEST_F(OpenRegion, saving_and_loading)
{
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_RDWR | O_DIRECT));
    for (const unsigned long request : {MEMLANE_IOC_SAVE, MEMLANE_IOC_LOAD}) {
        expect_clean(
            [&] {
                memlane_transfer args = whole(target);
                args.io_bytes = 64 * 1024;
                const int error = call(node_, request, &args);
                EXPECT_TRUE(error != 0 || args.done == size);
                return error;
            },
            [] {}, {ENOMEM, EIO, EAGAIN});
    }
}

TEST_F(OpenRegion, sendfile)
{
    const null_disk disk;
    const fd target(::open(disk.path().c_str(), O_RDWR));
    expect_clean(
        [&] {
            off_t offset = 0;
            ::lseek(target, 0, SEEK_SET);
            return error_of(::sendfile(target, node_, &offset, 256 * 1024));
        },
        [] {}, {ENOMEM, EIO});
}

TEST_F(OpenRegion, frames)
{
    expect_clean([&] {
        memlane_frame frame = {};
        int error = call(node_, MEMLANE_IOC_ACQUIRE, &frame);
        if (error == 0) {
            frame.length = 100;
            frame.sequence = 0;
            error = call(node_, MEMLANE_IOC_COMMIT, &frame);
        }
        memlane_frame got = {};
        const fd consumer = region_.open(O_RDWR | O_NONBLOCK);
        if (consumer < 0) {
            return errno;
        }
        if (error == 0) {
            error = call(consumer, MEMLANE_IOC_NEXT, &got);
        }
        // Back to where it was: the producer leaves. Only one allocation fails.
        node_ = region_.open(O_RDWR);
        const int reopened = error_of(node_);
        if (reopened != 0) {
            node_ = region_.open(O_RDWR);
        }
        return error != 0 ? error : reopened;
    });
}

TEST_F(OpenRegion, many_frames_at_once)
{
    std::vector<memlane_frame> room(MEMLANE_FRAMES_MAX);
    const fd consumer = region_.open(O_RDWR | O_NONBLOCK);
    expect_clean([&] {
        memlane_frames args = {};
        args.count = MEMLANE_FRAMES_MAX;
        args.frames = reinterpret_cast<std::uintptr_t>(room.data());
        const int error = call(consumer, MEMLANE_IOC_NEXT_MANY, &args);
        return error == EAGAIN ? 0 : error; // none waits
    });
}

TEST_F(OpenRegion, sync_and_status)
{
    expect_clean([&] {
        memlane_sync sync = {};
        sync.length = size;
        memlane_ring_status status = {};
        memlane_info info = {};
        const int error = call(node_, MEMLANE_IOC_SYNC, &sync);
        if (error != 0) {
            return error;
        }
        return call(node_, MEMLANE_IOC_RING_STATUS, &status) + call(node_, MEMLANE_IOC_INFO, &info);
    });
}

TEST_F(OpenRegion, sigio)
{
    expect_clean([&] { return error_of(::fcntl(node_, F_SETFL, O_ASYNC)); },
                 [&] { ::fcntl(node_, F_SETFL, 0); });
}

TEST_F(FaultInjection, loading_and_unloading)
{
    // The kernel tells that it got no memory for the module's file; and it takes for granted
    // that there is some for the fields of trace events.
    const expected_reports reports = {"kernel_read_file", "event_define_fields+",
                                      "event_create_dir"};
    utsname names = {};
    ::uname(&names);
    const std::string file = std::string("build/module/") + names.release + "/memlane.ko";
    const fd image(::open(file.c_str(), O_RDONLY));
    ASSERT_GE(image, 0);
    ASSERT_EQ(error_of(::syscall(SYS_delete_module, "memlane", 0)), 0);
    expect_clean(
        [&] {
            return error_of(::syscall(SYS_finit_module, image.operator int(), "regions=a:1M", 0));
        },
        [] { EXPECT_EQ(error_of(::syscall(SYS_delete_module, "memlane", 0)), 0); },
        // A name that sysfs could not take is EEXIST or EINVAL in the kernel's loader.
        {ENOMEM, EINVAL, EEXIST, ENOENT});
    ASSERT_EQ(error_of(::syscall(SYS_finit_module, image.operator int(), "", 0)), 0);
}

} // namespace
