// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "memlane/error.hpp"
#include "recording_meta.hpp"
#include "signals_blocked.hpp"
#include "sysfs.hpp"

namespace memlane::detail {

namespace {

using namespace std::chrono_literals;

constexpr auto sync_time = 1s;
constexpr std::uint32_t smallest_block = 4096; // of a page: slots are made of them
constexpr std::uint64_t step_bytes = 256ULL << 20U;

std::uint64_t wall_clock_ns()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

/** @return what disk space is asked for at a time. */
std::uint64_t step_of(const record_options& options, std::uint32_t slot_bytes)
{
    std::uint64_t step = step_bytes;
    if (options.frames && *options.frames < step / slot_bytes) {
        step = *options.frames * slot_bytes;
    }
    return options.rotate_bytes != 0 ? std::min(step, options.rotate_bytes) : step;
}

void add_frame(recording_totals& totals, const index_record& record)
{
    const frame& one = record.what;
    if (totals.frames == 0) {
        totals.first_sequence = one.sequence;
        totals.first_timestamp = one.timestamp;
    } else {
        totals.dropped += one.dropped;
    }
    totals.frames += 1;
    totals.bytes += one.length_bytes;
    totals.errors += (one.flags & frame_flag::error) != 0 ? 1 : 0;
    totals.last_sequence = one.sequence;
    totals.last_timestamp = one.timestamp;
    totals.files = record.file + 1;
}

void check_options(const std::string& base, const recording_setup& setup,
                   const record_options& options)
{
    if (options.rotate_bytes != 0 && options.rotate_bytes < setup.slot_bytes) {
        throw_error(EINVAL, "record", "source", setup.source,
                    fmt::format("a file of {} bytes has no room for a slot of {}",
                                options.rotate_bytes, setup.slot_bytes));
    }
    for (const std::string& path : {raw_path(base, 0), json_path(base)}) {
        if (!options.replace && exists(path)) {
            throw_error(EEXIST, "create", "recording", path, "there is one of that name");
        }
    }
}

} // namespace

recording_writer::recording_writer(std::string base, const recording_setup& setup,
                                   const record_options& options)
    : base_(std::move(base)), options_(options), step_bytes_(step_of(options, setup.slot_bytes)),
      index_((check_options(base_, setup, options), index_path(base_)), options.replace)
{
    remove_old();
    files_.push_back(open_file(0));
    header_ = {.id = make_recording_id(),
               .created_ns = wall_clock_ns(),
               .block_bytes = std::max(smallest_block, first_file().alignment_bytes()),
               .slot_bytes = setup.slot_bytes,
               .rotate_bytes = options.rotate_bytes};
    info_ = {.id = to_hex(header_.id),
             .source = setup.source,
             .created = format_utc(header_.created_ns),
             .state = recording_state::recording,
             .block_bytes = header_.block_bytes,
             .slot_bytes = header_.slot_bytes,
             .rotate_bytes = header_.rotate_bytes,
             .picture = setup.picture};
    index_.begin(header_);
    write_meta(base_, info_, true);
    index_.keep();
    files_.front()->keep();
    const signals_blocked scope;
    syncer_ = std::thread([this] { keep_syncing(); });
}

recording_writer::~recording_writer()
{
    if (syncer_.joinable()) {
        end_syncing();
    }
}

void recording_writer::remove_old() const
{
    ::unlink(json_path(base_).c_str());
    for (std::uint32_t number = 0; ::unlink(raw_path(base_, number).c_str()) == 0; ++number) {
    }
}

std::shared_ptr<raw_file> recording_writer::open_file(std::uint32_t number) const
{
    return std::make_shared<raw_file>(raw_path(base_, number), number, step_bytes_);
}

std::shared_ptr<raw_file> recording_writer::file_for(std::uint64_t length_bytes)
{
    const std::uint64_t used = files_.back()->used_bytes();
    if (options_.rotate_bytes != 0 && used != 0 && used + length_bytes > options_.rotate_bytes) {
        files_.push_back(open_file(files_.back()->number() + 1));
        files_.back()->keep();
    }
    return files_.back();
}

frame_run* recording_writer::begin(std::span<const frame> frames)
{
    const lock held(mutex_);
    if (errnum_ == 0) {
        errnum_ = index_.reserve(begun_records_ + frames.size());
    }
    if (errnum_ != 0) {
        return nullptr;
    }
    auto run = std::make_unique<frame_run>();
    for (const frame& each : frames) {
        run->length_bytes += padded(each);
    }
    try {
        run->to = file_for(run->length_bytes);
    } catch (const std::system_error& e) {
        errnum_ = e.code().value();
        return nullptr;
    }
    run->offset_bytes = run->to->take(run->length_bytes);
    std::uint64_t at = run->offset_bytes;
    run->records.reserve(frames.size());
    for (const frame& each : frames) {
        run->records.push_back({.what = each, .file = run->to->number(), .offset_bytes = at});
        at += padded(each);
    }
    begun_records_ += frames.size();
    runs_.push_back(std::move(run));
    return runs_.back().get();
}

void recording_writer::end(frame_run& run, std::uint64_t done_bytes, int errnum)
{
    const lock held(mutex_);
    run.complete = true;
    if (done_bytes < run.length_bytes) {
        run.broken = true;
        std::erase_if(run.records, [&](const index_record& each) {
            return each.offset_bytes + padded(each.what) > run.offset_bytes + done_bytes;
        });
        fail(errnum != 0 ? errnum : EIO);
    }
    count_complete();
    if (ready_bytes_ >= options_.sync_every_bytes) {
        due_.notify_one();
    }
}

void recording_writer::count_complete()
{
    while (!broken_ && counted_runs_ < runs_.size() && runs_[counted_runs_]->complete) {
        const frame_run& run = *runs_[counted_runs_++];
        broken_ = run.broken;
        ready_bytes_ += run.length_bytes;
        for (const index_record& each : run.records) {
            add_frame(written_, each);
        }
    }
}

void recording_writer::fail(int errnum)
{
    errnum_ = errnum_ != 0 ? errnum_ : errnum;
}

int recording_writer::errnum() const
{
    const lock held(mutex_);
    return errnum_;
}

recording_totals recording_writer::written() const
{
    const lock held(mutex_);
    return written_;
}

std::vector<index_record> recording_writer::next_batch()
{
    std::vector<index_record> records;
    for (; counted_runs_ != 0; --counted_runs_) {
        const std::vector<index_record>& more = runs_.front()->records;
        records.insert(records.end(), more.begin(), more.end());
        runs_.pop_front();
    }
    ready_bytes_ = 0;
    return records;
}

void recording_writer::keep_syncing()
{
    lock held(mutex_);
    for (bool is_last = false; !is_last;) {
        due_.wait_for(held, sync_time,
                      [this] { return finishing_ || ready_bytes_ >= options_.sync_every_bytes; });
        is_last = finishing_;
        const std::vector<index_record> records = next_batch();
        if (records.empty()) {
            continue;
        }
        std::deque<std::shared_ptr<raw_file>> files = files_;
        held.unlock();
        const int errnum = make_durable(records, files);
        held.lock();
        if (errnum != 0) {
            fail(errnum);
            return; // what the index does not tell of is not there
        }
        for (const index_record& each : records) {
            add_frame(durable_, each);
        }
        end_bytes_ = records.back().offset_bytes + padded(records.back().what);
        std::erase_if(files_,
                      [&](const auto& each) { return each->number() < records.back().file; });
    }
}

int recording_writer::make_durable(const std::vector<index_record>& records,
                                   const std::deque<std::shared_ptr<raw_file>>& files)
{
    const std::uint32_t last = records.back().file;
    try {
        for (const std::shared_ptr<raw_file>& each : files) {
            if (each->number() < last) {
                each->cut(each->used_bytes());
            }
            if (each->number() <= last) {
                each->sync();
            }
        }
    } catch (const std::system_error& e) {
        return e.code().value();
    }
    return index_.append(records);
}

void recording_writer::end_syncing()
{
    {
        const lock held(mutex_);
        finishing_ = true;
    }
    due_.notify_one();
    syncer_.join();
}

void recording_writer::cut_files()
{
    const std::uint32_t last = durable_.files == 0 ? 0 : durable_.files - 1;
    for (const std::shared_ptr<raw_file>& each : files_) {
        if (each->number() > last) {
            ::unlink(each->file().path().c_str());
        } else {
            each->cut(each->number() == last ? end_bytes_ : each->used_bytes());
            each->sync();
        }
    }
    index_.cut();
}

recording_info recording_writer::finish(const std::string& reason)
{
    end_syncing();
    cut_files();
    info_.totals = durable_;
    info_.state = recording_state::complete;
    info_.end = errnum_ != 0 ? describe_errno(errnum_) : reason;
    write_meta(base_, info_, true);
    return info_;
}

} // namespace memlane::detail
