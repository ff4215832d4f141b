// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the programs that take frames share: all but how they wait.
#ifndef MEMLANE_SAMPLES_FRAMES_HPP
#define MEMLANE_SAMPLES_FRAMES_HPP

#include <linux/memlane.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "sample.hpp"

namespace sample {

/** Takes COUNT frames from DEVICE, and writes them to FILE: the command line says so. */
class frame_taker {
public:
    /** @param flags of open(2), besides O_RDONLY */
    frame_taker(int argc, char** argv, int flags = 0)
    {
        if (argc != 3 && argc != 4) {
            std::fprintf(stderr, "usage: %s DEVICE COUNT [FILE]\n", argv[0]);
            std::exit(2);
        }
        name_ = argv[0];
        wanted_ = std::strtoull(argv[2], nullptr, 10);
        device_ = ::open(argv[1], O_RDONLY | O_CLOEXEC | flags);
        expect(device_ >= 0, "the device can be opened");

        memlane_ring_status ring = {};
        expect(::ioctl(device_, MEMLANE_IOC_RING_STATUS, &ring) == 0, "the region has slots");
        slot_size_ = static_cast<std::size_t>(ring.slot_size);
        const std::size_t length = slot_size_ * static_cast<std::size_t>(ring.slots);
        memory_ =
            static_cast<unsigned char*>(::mmap(nullptr, length, PROT_READ, MAP_SHARED, device_, 0));
        expect(memory_ != MAP_FAILED, "the slots can be mapped");

        if (argc == 4) {
            // No page cache: the disk reads the slots themselves.
            file_ = ::open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0666);
            expect(file_ >= 0, "the file can be opened for direct I/O");
        }
    }

    [[nodiscard]] int device() const { return device_; }

    /** @return the file's descriptor, or -1. */
    [[nodiscard]] int file() const { return file_; }

    [[nodiscard]] bool has_enough() const { return taken_ == wanted_; }

    /** Takes the frame that waits longest. @return false when none does, or a signal came */
    bool next(memlane_frame& frame)
    {
        frame = {};
        if (::ioctl(device_, MEMLANE_IOC_NEXT, &frame) != 0) {
            expect(errno == EAGAIN || errno == EINTR, "there is a frame, or there will be");
            return false;
        }
        // Nothing is lost unnoticed: a gap in the numbers is told as dropped.
        const std::uint64_t gap = frame.sequence - following_;
        constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
        expect(taken_ == 0 || frame.dropped == std::min(gap, most), "sequence and gaps add up");
        dropped_ += frame.dropped;
        following_ = frame.sequence + 1;
        ++taken_;
        return true;
    }

    /** Gives the frame's slot back, for the producer to fill again. */
    void release(std::uint32_t slot)
    {
        memlane_frame frame = {};
        frame.slot = slot;
        expect(::ioctl(device_, MEMLANE_IOC_RELEASE, &frame) == 0, "a slot can be released");
    }

    /** @return where a frame is; nobody touches it before its release. */
    [[nodiscard]] const unsigned char* at(const memlane_frame& frame) const
    {
        return memory_ + frame.slot * slot_size_;
    }

    /** @return bytes to write for a frame, as direct I/O wants them: whole blocks. */
    static std::size_t blocks(const memlane_frame& frame)
    {
        constexpr std::size_t block = 4096;
        return (frame.length + block - 1) / block * block;
    }

    /** @return where in the file the frame taken last belongs; frames are slots apart. */
    [[nodiscard]] off_t place() const { return static_cast<off_t>((taken_ - 1) * slot_size_); }

    /** Takes a frame, writes it, and releases it. @return false when none waits */
    bool handle_one()
    {
        memlane_frame frame;
        if (has_enough() || !next(frame)) {
            return false;
        }
        if (file_ >= 0) {
            const auto written = ::pwrite(file_, at(frame), blocks(frame), place());
            expect(written == static_cast<ssize_t>(blocks(frame)), "a frame can be written");
        }
        release(frame.slot);
        return true;
    }

    /** The same with all that wait: only when none does, the next one wakes anybody. */
    void handle_all()
    {
        while (handle_one()) {
        }
    }

    /** Counts that the program slept and was woken. */
    void count_wake_up() { ++wake_ups_; }

    void report() const
    {
        std::printf("%s: frames %llu dropped %llu wake-ups %llu last %llu\n", name_,
                    static_cast<unsigned long long>(taken_),
                    static_cast<unsigned long long>(dropped_),
                    static_cast<unsigned long long>(wake_ups_),
                    static_cast<unsigned long long>(following_ - 1));
    }

private:
    const char* name_ = nullptr;
    int device_ = -1;
    int file_ = -1;
    unsigned char* memory_ = nullptr;
    std::size_t slot_size_ = 0;
    std::uint64_t wanted_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t following_ = 0; // the sequence number without a gap
    std::uint64_t wake_ups_ = 0;
};

} // namespace sample

#endif // MEMLANE_SAMPLES_FRAMES_HPP
