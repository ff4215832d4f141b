// SPDX-License-Identifier: GPL-2.0-or-later
#include "plots.hpp"

#include "contest.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace bench {

using nlohmann::json;

namespace {

constexpr std::uint64_t mib = 1 << 20;

struct point {
    double x;
    double y;
};

struct line {
    std::string label;
    std::vector<point> points;
};

/// A value beside others.
struct bar {
    std::string label;
    double value;
    bool ours;
};

struct plot {
    std::string name;
    std::string title;
    std::string x_label;
    std::string y_label;
    std::string settings; ///< more of gnuplot's, e.g. logarithmic scales
};

constexpr const char* style = R"(set encoding utf8
set border 3 linecolor rgb "#555555"
set tics nomirror
set grid ytics linecolor rgb "#dddddd"
set key outside bottom center horizontal maxcols 2
set xlabel offset 0,0.4
set tmargin 3
set linetype 1 linecolor rgb "#c0392b" linewidth 3 pointtype 7
set linetype 2 linecolor rgb "#2c6fa6" linewidth 2 pointtype 5
set linetype 3 linecolor rgb "#2c8c4b" linewidth 2 pointtype 9
set linetype 4 linecolor rgb "#7d5ba6" linewidth 2 pointtype 11
set linetype 5 linecolor rgb "#777777" linewidth 2 pointtype 13 dashtype 2
set linetype 6 linecolor rgb "#d68910" linewidth 2 pointtype 6
)";

/// Both formats from one script, which stays there: it has the data.
void run_gnuplot(const std::string& folder, const plot& of, const std::string& data,
                 const std::string& command, int height)
{
    const std::string base = folder + "/" + of.name;
    std::ofstream script(base + ".gp");
    script << data << style
           << fmt::format("set label 1 \"{}\" at screen 0.5, screen 1 center offset 0,-1.3\n",
                          of.title)
           << fmt::format("set xlabel \"{}\"\nset ylabel \"{}\"\n", of.x_label, of.y_label)
           << of.settings;
    for (const char* terminal : {"svg", "pngcairo"}) {
        const std::string end = terminal == std::string("svg") ? "svg" : "png";
        script << fmt::format("set terminal {} noenhanced size 900,{} font \"sans,13\"\n", terminal,
                              height)
               << fmt::format("set output \"{}.{}\"\n{}\n", base, end, command);
    }
    if (!script.flush()) {
        throw std::runtime_error("cannot write " + base + ".gp");
    }
    script.close();
    run_command({"gnuplot", base + ".gp"});
}

void draw_lines(const std::string& folder, const plot& of, const std::vector<line>& lines)
{
    std::string data;
    std::string command = "plot ";
    for (const line& each : lines) {
        if (each.points.empty()) {
            continue;
        }
        const std::string block = fmt::format("$line{}", &each - lines.data());
        data += block + " << END\n";
        for (const point& one : each.points) {
            data += fmt::format("{} {}\n", one.x, one.y);
        }
        data += "END\n";
        command += fmt::format("{} using 1:2 with linespoints title \"{}\", ", block, each.label);
    }
    if (!data.empty()) {
        run_gnuplot(folder, of, data, command, 480);
    }
}

/// Lying bars, in order; what is ours stands out.
/// @param logarithmic they begin at the left end of the axis, which is not 0 then
void draw_bars(const std::string& folder, const plot& of, const std::vector<bar>& bars,
               bool logarithmic)
{
    if (bars.empty()) {
        return;
    }
    std::string data = "$bars << END\n";
    for (std::size_t i = 0; i < bars.size(); ++i) {
        data += fmt::format("{} {} {} \"{}\" \"{}\"\n", i, bars[i].value,
                            bars[i].ours ? "0xc0392b" : "0x8fa6b8", bars[i].label,
                            rounded(bars[i].value));
    }
    data += "END\n";
    const auto [least, most] = std::minmax_element(
        bars.begin(), bars.end(), [](const bar& a, const bar& b) { return a.value < b.value; });
    const double left = logarithmic ? least->value / 3 : 0;
    plot lying = of;
    std::swap(lying.x_label, lying.y_label);
    lying.settings = fmt::format("set xrange [{}:{}]\nset yrange [{}.6:-0.6]\n"
                                 "set grid noytics xtics\nunset key\nset style fill solid\n{}",
                                 left, most->value * (logarithmic ? 4 : 1.15), bars.size() - 1,
                                 logarithmic ? "set logscale x\nset format x \"%.0s%c\"\n" : "") +
                     of.settings;
    run_gnuplot(folder, lying, data,
                fmt::format("plot $bars using 2:1:({}):2:($1-0.38):($1+0.38):3:ytic(4) with "
                            "boxxyerror linecolor rgb variable, "
                            "$bars using 2:1:5 with labels left offset 0.5,0",
                            left),
                static_cast<int>(120 + 26 * bars.size()));
}

enum class best {
    least,
    most,
};

/// @return the rows that match @p key, the best first
std::vector<bar> bars_of(const results& from, const std::string& table, const json& key,
                         const std::string& field, best which)
{
    std::vector<bar> bars;
    for (const json& row : from.rows(table, key)) {
        const std::string label = row.value("label", row.value("name", ""));
        bars.push_back({label, row.at(field), label.starts_with("memlane")});
    }
    std::sort(bars.begin(), bars.end(), [&](const bar& a, const bar& b) {
        return which == best::least ? a.value < b.value : a.value > b.value;
    });
    return bars;
}

line line_of(const results& from, const std::string& table, const json& key, const std::string& x,
             const std::string& y, const std::string& label, double x_unit = 1)
{
    line made = {label, {}};
    for (const json& row : from.rows(table, key)) {
        made.points.push_back({row.at(x).get<double>() / x_unit, row.at(y)});
    }
    std::sort(made.points.begin(), made.points.end(),
              [](const point& a, const point& b) { return a.x < b.x; });
    return made;
}

constexpr const char* unit = "instructions_per_MiB";
constexpr const char* cpu_unit = "CPU seconds a GiB (logarithmic)";
/// Seconds, where "10m" would be read as minutes.
constexpr const char* as_it_is = "set format x \"%g\"\n";
constexpr const char* both_log = "set logscale xy\nset format y \"%.0s%c\"\n";

void draw_costs(const results& from, const std::string& folder)
{
    for (const char* sink : {"null_blk", "null_blk_large"}) {
        draw_bars(folder,
                  {fmt::format("ways_{}", sink), fmt::format("A MiB to {}, pieces of 1 MiB", sink),
                   "", "guest instructions (logarithmic)", ""},
                  bars_of(from, "null", {{"sink", sink}, {"io_bytes", mib}}, unit, best::least),
                  true);
        std::vector<line> lines;
        for (const char* way :
             {"save", "huge_uring_registered", "mapped_write", "dax_write", "floor"}) {
            lines.push_back(line_of(from, "requests", {{"sink", sink}, {"way", way}}, "io_bytes",
                                    unit, from.label("requests", way), 1024));
        }
        draw_lines(
            folder,
            {fmt::format("request_size_{}", sink),
             fmt::format("A MiB to {} by size of the piece", sink), "KiB a piece",
             "guest instructions a MiB",
             std::string(both_log) + "set xtics (4, 16, 64, 256, 1024, 4096, 16384, 65536)\n"},
            lines);
    }
    for (const char* sink : {"ext4", "xfs"}) {
        draw_bars(folder,
                  {fmt::format("ways_{}", sink),
                   fmt::format("A MiB to a file on {}, pieces of 1 MiB", sink), "",
                   "guest instructions (logarithmic)", ""},
                  bars_of(from, "disks", {{"sink", sink}, {"io_bytes", mib}}, unit, best::least),
                  true);
    }
}

void draw_growth(const results& from, const std::string& folder)
{
    const auto of = [&](const char* series, const char* way, const char* label) {
        return line_of(from, "growth_cost", {{"series", series}, {"way", way}}, "x", unit, label);
    };
    draw_lines(folder,
               {"region_size", "A MiB by size of the region, null_blk, pieces of 1 MiB",
                "MiB of region", "guest instructions a MiB", "set logscale x\nset yrange [0:]\n"},
               {of("size", "save", "SAVE"), of("size", "mapped_write", "mapped write")});
    draw_lines(folder,
               {"create_and_map", "Making and mapping a region (reserved range)", "MiB of region",
                "guest instructions a MiB", both_log},
               {of("size", "create", "create"), of("size", "map", "map"),
                of("size", "map_and_touch", "map, touch each page")});
    draw_lines(folder,
               {"regions", "Regions saved at once, each to a disk of its own", "regions",
                "guest instructions a MiB", "set yrange [0:]\nset xtics 1\n"},
               {of("regions", "save", "SAVE")});
    const auto rate = [&](const char* way, const char* label) {
        return line_of(from, "growth_rate", {{"series", "depth"}, {"way", way}}, "x", "MiB_per_s",
                       label);
    };
    draw_lines(folder,
               {"depth", "Pieces of 256 KiB in flight", "in flight", "MiB/s",
                "set logscale x 2\nset yrange [0:]\n"},
               {rate("save/virtio", "SAVE, virtio"),
                rate("huge_uring_registered/virtio", "io_uring, virtio"),
                rate("save/nvme", "SAVE, NVMe"),
                rate("huge_uring_registered/nvme", "io_uring, NVMe")});
}

void draw_rates(const results& from, const std::string& folder)
{
    for (const char* sink : {"ext4", "xfs"}) {
        draw_bars(
            folder,
            {fmt::format("rate_{}", sink),
             fmt::format("Written over, a file on {}, pieces of 1 MiB", sink), "", "MiB/s", ""},
            bars_of(from, "rate", {{"sink", sink}, {"io_bytes", mib}}, "MiB_per_s", best::most),
            false);
        draw_bars(folder,
                  {fmt::format("cpu_{}", sink),
                   fmt::format("CPU time of the guest, a file on {}, pieces of 1 MiB", sink), "",
                   cpu_unit, as_it_is},
                  bars_of(from, "rate", {{"sink", sink}, {"io_bytes", mib}}, "cpu_s_per_GiB",
                          best::least),
                  true);
    }
    for (const char* what : {"save", "load"}) {
        draw_bars(folder,
                  {fmt::format("host_{}", what), fmt::format("This machine's disk: {}", what), "",
                   "MiB/s", ""},
                  bars_of(from, "host", {{"what", what}}, "MiB_per_s", best::most), false);
        draw_bars(folder,
                  {fmt::format("host_{}_cpu", what),
                   fmt::format("This machine's disk: {}, CPU time", what), "", cpu_unit, as_it_is},
                  bars_of(from, "host", {{"what", what}}, "cpu_s_per_GiB", best::least), true);
    }
}

} // namespace

void draw_plots(const results& from, const std::string& folder)
{
    draw_costs(from, folder);
    draw_growth(from, folder);
    draw_rates(from, folder);
}

} // namespace bench
