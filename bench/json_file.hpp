// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_JSON_FILE_HPP
#define MEMLANE_BENCH_JSON_FILE_HPP

#include <fstream>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace bench {

/// @throws std::runtime_error if there is no file @p path, nlohmann::json::exception if it is
///     something else
inline nlohmann::json read_json(const std::string& path)
{
    std::ifstream in(path);
    if (!in) {
        throw std::runtime_error("cannot read " + path);
    }
    return nlohmann::json::parse(in);
}

/// @throws std::runtime_error if @p path does not take it
inline void write_json(const std::string& path, const nlohmann::json& value)
{
    std::ofstream out(path);
    out << value.dump(2) << '\n';
    if (!out.flush()) {
        throw std::runtime_error("cannot write " + path);
    }
}

} // namespace bench

#endif
