// SPDX-License-Identifier: LGPL-2.1-or-later
#include "recording_writer.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "memlane/error.hpp"
#include "recording_meta.hpp"
#include "recording_rules.hpp"
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
      index_((check_options(base_, setup, options), index_path(base_)), options.replace,
             options.file_mode)
{
    remove_old();
    files_.push_back(open_file(0));
    header_ = {.id = make_recording_id(),
               .created_ns = wall_clock_ns(),
               .block_bytes = std::max(smallest_block, first_file().alignment_bytes()),
               .slot_bytes = setup.slot_bytes,
               .rotate_bytes = options.rotate_bytes};
    info_ = info_of(header_);
    info_.source = setup.source;
    info_.picture = setup.picture;
    index_.begin(header_);
    write_meta(base_, info_, true);
    // Written anew it keeps its mode.
    if (options_.file_mode != private_mode) {
        ::chmod(json_path(base_).c_str(), options_.file_mode);
    }
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
    return std::make_shared<raw_file>(raw_path(base_, number), number, step_bytes_,
                                      options_.file_mode);
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

frame_run* recording_writer::begin(std::vector<frame>& frames)
{
    const lock held(mutex_);
    if (errnum_ == 0) {
        errnum_ = index_.reserve(begun_records_ + frames.size());
    }
    if (errnum_ != 0) {
        return nullptr;
    }
    std::uint64_t length = 0;
    for (const frame& each : frames) {
        length += padded(each);
    }
    std::shared_ptr<raw_file> to;
    try {
        to = file_for(length);
    } catch (const std::system_error& e) {
        errnum_ = e.code().value();
        return nullptr;
    }
    std::unique_ptr<frame_run> run = new_run();
    run->offset_bytes = to->take(length);
    run->length_bytes = length;
    run->to = std::move(to);
    run->frames.swap(frames);
    begun_records_ += run->frames.size();
    runs_.push_back(std::move(run));
    return runs_.back().get();
}

std::unique_ptr<frame_run> recording_writer::new_run()
{
    if (spare_runs_.empty()) {
        return std::make_unique<frame_run>();
    }
    std::unique_ptr<frame_run> run = std::move(spare_runs_.back());
    spare_runs_.pop_back();
    *run = {.frames = std::move(run->frames)};
    run->frames.clear();
    return run;
}

void recording_writer::end(frame_run& run, std::uint64_t done_bytes, int errnum)
{
    const lock held(mutex_);
    run.complete = true;
    if (done_bytes < run.length_bytes) {
        run.broken = true;
        std::uint64_t end = 0;
        std::erase_if(run.frames, [&](const frame& each) {
            end += padded(each);
            return end > done_bytes;
        });
        fail(errnum != 0 ? errnum : EIO);
    }
    const bool had_none = ready_.empty();
    count_complete();
    if (ready_bytes_ >= options_.sync_every_bytes || (had_none && !ready_.empty())) {
        due_.notify_one();
    }
}

void recording_writer::count_complete()
{
    while (!broken_ && !runs_.empty() && runs_.front()->complete) {
        add_to_index(*runs_.front());
        broken_ = runs_.front()->broken;
        spare_runs_.push_back(std::move(runs_.front()));
        runs_.pop_front();
    }
}

void recording_writer::add_to_index(const frame_run& run)
{
    std::uint64_t at = run.offset_bytes;
    for (const frame& each : run.frames) {
        const index_record record = {.what = each, .file = run.to->number(), .offset_bytes = at};
        const record_bytes bytes = encode(record, header_.id);
        ready_.insert(ready_.end(), bytes.begin(), bytes.end());
        add_to(written_, record);
        at += padded(each);
    }
    if (!run.frames.empty()) {
        ready_bytes_ += at - run.offset_bytes;
        ready_end_ = at;
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

void recording_writer::keep_syncing()
{
    std::vector<std::byte> records; // its memory serves in turns with ready_
    lock held(mutex_);
    for (bool is_last = false; !is_last;) {
        due_.wait_for(held, sync_time,
                      [this] { return finishing_ || ready_bytes_ >= options_.sync_every_bytes; });
        is_last = finishing_;
        if (ready_.empty()) {
            continue;
        }
        records.clear();
        records.swap(ready_);
        ready_bytes_ = 0;
        const recording_totals totals = written_;
        const std::uint64_t end = ready_end_;
        const std::deque<std::shared_ptr<raw_file>> files = files_;
        held.unlock();
        const int errnum = make_durable(records, totals.files - 1, files);
        held.lock();
        if (errnum != 0) {
            fail(errnum);
            return; // what the index does not tell of is not there
        }
        durable_ = totals;
        durable_end_ = end;
        std::erase_if(files_,
                      [&](const auto& each) { return each->number() + 1 < durable_.files; });
    }
}

int recording_writer::make_durable(std::span<const std::byte> records, std::uint32_t last_file,
                                   const std::deque<std::shared_ptr<raw_file>>& files)
{
    try {
        for (const std::shared_ptr<raw_file>& each : files) {
            if (each->number() < last_file) {
                each->cut(each->used_bytes());
            }
            if (each->number() <= last_file) {
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
        } else if (each->cut(each->number() == last ? durable_end_ : each->used_bytes())) {
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
