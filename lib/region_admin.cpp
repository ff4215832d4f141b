// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memlane/region_admin.hpp"
#include "lockdown.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "iomem.hpp"
#include "memlane/error.hpp"
#include "memlane/region_status.hpp"
#include "sysfs.hpp"

namespace memlane {

namespace {

constexpr std::array policy_names = {std::string_view("drop-newest"),
                                     std::string_view("drop-oldest")};

std::string directory_of(const std::string& name)
{
    return fmt::format("{}/{}", detail::configfs_directory, name);
}

std::string explain_mkdir(int errnum)
{
    if (!module_is_loaded()) {
        return explain_absence();
    }
    if (!detail::exists(detail::configfs_directory)) {
        return "configfs is not mounted: mount -t configfs none /sys/kernel/config";
    }
    switch (errnum) {
    case EACCES:
        return "this takes root";
    case EPERM: {
        const std::string lockdown = detail::explain_lockdown(errnum);
        return lockdown.empty() ? "this takes root" : lockdown;
    }
    case EEXIST:
        return "the name is taken";
    case ENAMETOOLONG:
        return "a name has at most 31 characters";
    case EINVAL:
        return "a name has letters, digits, '.', '_' and '-', and does not start with '.'";
    default:
        return {};
    }
}

std::string explain_value(const std::string& attribute, const std::string& value)
{
    if (attribute == "size") {
        return fmt::format("the size {} is 0 or no multiple of the page size {}", value,
                           ::sysconf(_SC_PAGESIZE));
    }
    if (attribute == "geometry") {
        return fmt::format("of a framebuffer {}, each side has 8 to 65535 pixels", value);
    }
    if (attribute == "slot_size") {
        return fmt::format("slots of {} bytes are no multiple of the page size {}", value,
                           ::sysconf(_SC_PAGESIZE));
    }
    if (attribute == "pages" || attribute == "refresh") {
        return fmt::format("{} {}: there are 1 to {}", attribute, value,
                           attribute == "pages" ? "8191, and 65535 rows" : "1000");
    }
    return fmt::format("{} {} was refused", attribute, value);
}

/** A configfs directory that goes again unless it is kept. */
class draft final {
public:
    explicit draft(const std::string& name) : name_(name), path_(directory_of(name))
    {
        if (::mkdir(path_.c_str(), 0755) != 0) {
            const int errnum = errno;
            throw_error(errnum, "create", "region", name, explain_mkdir(errnum));
        }
    }
    draft(const draft&) = delete;
    draft& operator=(const draft&) = delete;
    ~draft()
    {
        if (!kept_) {
            ::rmdir(path_.c_str());
        }
    }

    void set(const std::string& attribute, const std::string& value) const
    {
        const int errnum = detail::write_attribute(path_ + "/" + attribute, value);
        if (errnum != 0) {
            throw_error(errnum, "create", "region", name_, explain_value(attribute, value));
        }
    }

    void set_picture(const geometry& picture) const
    {
        set("geometry", fmt::format("{}x{}", picture.size.width, picture.size.height));
        set("format", std::string(to_string(picture.format)));
        set("pages", std::to_string(picture.pages));
        set("refresh", std::to_string(picture.refresh_hz));
    }

    [[nodiscard]] int go_live() const { return detail::write_attribute(path_ + "/live", "1"); }

    [[nodiscard]] std::string reason() const { return detail::read_attribute(path_ + "/error"); }

    void keep() noexcept { kept_ = true; }

private:
    std::string name_;
    std::string path_;
    bool kept_ = false;
};

std::string explain_live(int errnum, const region_spec& spec, std::string reason)
{
    if (errnum == EBUSY && spec.phys_addr) {
        const std::string owner = detail::find_owner(*spec.phys_addr, spec.size_bytes);
        if (!owner.empty()) {
            reason += fmt::format(" (/proc/iomem has {})", owner);
        }
    }
    return reason;
}

[[noreturn]] void refuse_unknown(const std::string& name)
{
    if (detail::exists(fmt::format("{}/{}", detail::class_directory, name))) {
        throw_error(EPERM, "destroy", "region", name,
                    "it is not in configfs, so it goes with its maker: one of the module's "
                    "parameter when the module is unloaded");
    }
    throw_error(ENOENT, "destroy", "region", name, explain_absence());
}

std::string explain_destroy(int errnum, const std::string& name)
{
    switch (errnum) {
    case EBUSY:
        return fmt::format("it is open or mapped (open_count {})", read_status(name).open_count);
    case EACCES:
    case EPERM:
        return "this takes root";
    default:
        return {};
    }
}

/** @return 0 or an errno; EBUSY only if it has been busy for a while */
int go_down(const std::string& path)
{
    // Somebody may just be having a look: info, view, a program that udev starts.
    constexpr int looks = 20;
    constexpr std::chrono::milliseconds a_look(10);
    int errnum = 0;
    for (int i = 0; i < looks; ++i) {
        errnum = detail::write_attribute(path + "/live", "0");
        if (errnum != EBUSY) {
            break;
        }
        std::this_thread::sleep_for(a_look);
    }
    return errnum;
}

} // namespace

std::string_view to_string(drop_policy policy) noexcept
{
    return policy_names[static_cast<std::size_t>(policy)];
}

std::optional<drop_policy> parse_drop_policy(std::string_view name) noexcept
{
    for (const drop_policy each : {drop_policy::newest, drop_policy::oldest}) {
        if (to_string(each) == name) {
            return each;
        }
    }
    return std::nullopt;
}

void create_region(const region_spec& spec)
{
    draft attempt(region_name(spec.name));
    if (spec.size_bytes != 0 || !spec.picture) {
        attempt.set("size", std::to_string(spec.size_bytes));
    }
    if (spec.phys_addr) {
        attempt.set("phys_addr", fmt::format("{:#x}", *spec.phys_addr));
    }
    if (spec.contiguous) {
        attempt.set("contiguous", "1");
    }
    if (spec.picture) {
        attempt.set_picture(*spec.picture);
    }
    if (spec.ring) {
        attempt.set("slot_size", std::to_string(spec.ring->slot_bytes));
        attempt.set("policy", std::string(to_string(spec.ring->policy)));
    }
    if (const int errnum = attempt.go_live(); errnum != 0) {
        throw_error(errnum, "create", "region", spec.name,
                    explain_live(errnum, spec, attempt.reason()));
    }
    attempt.keep();
}

void destroy_region(const std::string& name)
{
    const std::string path = directory_of(name);
    if (!detail::exists(path)) {
        refuse_unknown(name);
    }
    int errnum = go_down(path);
    if (errnum == 0 && ::rmdir(path.c_str()) != 0) {
        errnum = errno;
    }
    if (errnum != 0) {
        throw_error(errnum, "destroy", "region", name, explain_destroy(errnum, name));
    }
}

} // namespace memlane
