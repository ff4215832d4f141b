// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Nothing is changed until it is known what can be kept. From then on, each
// step leaves files from which the next repair finds the same frames: what the
// index tells of is on the disk before the index is, nothing is cut that it
// tells of, and OUT.json comes last.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <variant>

#include "index_reader.hpp"
#include "memlane/error.hpp"
#include "memlane/recording.hpp"
#include "memlane/recording_check.hpp"
#include "recording_meta.hpp"
#include "recording_survey.hpp"
#include "replacement.hpp"

namespace memlane {

using namespace detail;

namespace {

[[noreturn]] void refuse(int errnum, const std::string& base, const std::string& why)
{
    throw_error(errnum, "repair", "recording", base, why);
}

/** A raw file that is being cut, or put on the disk. */
class mended_file final {
public:
    explicit mended_file(std::string path)
        : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY))
    {
        if (fd_.get() < 0) {
            throw_error(errno, "open", "file", path_);
        }
    }

    void cut(std::uint64_t size)
    {
        if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
            throw_error(errno, "truncate", "file", path_);
        }
        sync();
    }

    void sync()
    {
        if (::fdatasync(fd_.get()) != 0) {
            throw_error(errno, "sync", "file", path_);
        }
    }

private:
    std::string path_;
    unique_fd fd_;
};

class recording_repairer final {
public:
    recording_repairer(const std::string& path, const check_options& options)
        : base_(recording_base(path)), index_(open_index(base_)), header_(read_header()),
          info_(read_json()), survey_(base_, index_, header_, options)
    {
    }

    repair_result run()
    {
        survey_.run();
        result_.verified = survey_.verified();
        result_.lost = survey_.lost();
        if (survey_.totals().frames == 0 && survey_.lost() != 0 && !raw_size(base_, 0)) {
            refuse(ENOENT, base_, raw_path(base_, 0) + " is missing; nothing was changed");
        }
        sync_raw_files();
        mend_index();
        cut_raw_files();
        remove_raw_files();
        mend_json();
        result_.info = std::move(info_);
        return std::move(result_);
    }

private:
    static index_reader open_index(const std::string& base);
    index_header read_header();
    recording_info read_json();

    void sync_raw_files();
    void mend_index();
    void cut_raw_files();
    void remove_raw_files();
    void mend_json();

    [[nodiscard]] bool was_cut_off() const { return info_.state == recording_state::recording; }

    std::string base_;
    index_reader index_;
    index_header header_;
    repair_result result_;
    recording_info info_;
    recording_survey survey_;
};

index_reader recording_repairer::open_index(const std::string& base)
{
    try {
        index_reader index(base, access_mode::read_write);
        index.lock();
        return index;
    } catch (const error& e) {
        if (e.code().value() == ENOENT) {
            refuse(ENOENT, base,
                   index_path(base) + " is missing, without which the frames cannot be told apart");
        }
        throw;
    }
}

index_header recording_repairer::read_header()
{
    const auto header = index_.header();
    if (!header) {
        refuse(EBADMSG, base_,
               "the header of " + index_.path() + " is damaged; nothing was changed");
    }
    return *header;
}

/** @return what shall be in the JSON, but for what the frames tell. */
recording_info recording_repairer::read_json()
{
    recording_info by_index = info_of(header_);
    try {
        auto found = look_at_meta(base_);
        if (auto* const info = std::get_if<recording_info>(&found)) {
            if (info->id != by_index.id) {
                refuse(EBADMSG, base_,
                       fmt::format("{} and {} are of different recordings; move the one that does "
                                   "not belong here away; nothing was changed",
                                   index_.path(), json_path(base_)));
            }
            return std::move(*info);
        }
    } catch (const error& e) {
        if (e.code().value() != ENOENT) {
            throw;
        }
    }
    result_.json_rebuilt = true;
    return by_index;
}

/** What a process wrote that was killed need not be on the device. */
void recording_repairer::sync_raw_files()
{
    if (was_cut_off() && survey_.totals().frames != 0) {
        for (std::uint32_t file = 0; file < survey_.ends().size(); ++file) {
            mended_file(raw_path(base_, file)).sync();
        }
    }
}

void recording_repairer::mend_index()
{
    const std::uint64_t before = index_.size_bytes();
    const std::uint64_t after = offset_of_record(survey_.totals().frames);
    result_.index_bytes_cut = before - after;
    if (survey_.rewritten()) {
        survey_.rewritten()->take_its_place();
        sync_folder_of(index_.path());
        result_.changed = true;
    } else if (before != after) {
        index_.cut(after);
        result_.changed = true;
    }
}

void recording_repairer::cut_raw_files()
{
    for (std::uint32_t file = 0; file < survey_.ends().size(); ++file) {
        const std::uint64_t end = survey_.ends()[file];
        const auto size = raw_size(base_, file);
        // The last block may be filled up, which harms nobody.
        if (size && *size > round_up(end, header_.block_bytes)) {
            mended_file(raw_path(base_, file)).cut(end);
            result_.raw_bytes_cut += *size - end;
            result_.changed = true;
        }
    }
}

void recording_repairer::remove_raw_files()
{
    for (auto file = static_cast<std::uint32_t>(survey_.ends().size());; ++file) {
        const auto size = raw_size(base_, file);
        if (!size) {
            break;
        }
        const std::string path = raw_path(base_, file);
        if (::unlink(path.c_str()) != 0) {
            throw_error(errno, "remove", "file", path);
        }
        result_.raw_bytes_cut += *size;
        ++result_.raw_files_removed;
        result_.changed = true;
    }
}

void recording_repairer::mend_json()
{
    const recording_info before = info_;
    info_.block_bytes = header_.block_bytes;
    info_.slot_bytes = header_.slot_bytes;
    info_.rotate_bytes = header_.rotate_bytes;
    if (!difference(survey_.totals(), info_.totals).empty()) {
        info_.totals = survey_.totals();
    }
    if (info_ == before && !was_cut_off() && !result_.json_rebuilt && !result_.changed) {
        return;
    }
    if (info_.end.empty()) {
        info_.end = "it was cut off";
    }
    info_.state = recording_state::repaired;
    write_meta(base_, info_, true);
    result_.changed = true;
}

} // namespace

repair_result repair_recording(const std::string& path, const check_options& options)
{
    return recording_repairer(path, options).run();
}

} // namespace memlane
