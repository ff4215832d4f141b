// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef MEMLANE_BENCH_RESULTS_HPP
#define MEMLANE_BENCH_RESULTS_HPP

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace bench {

/// What the programs of bench/run measured: for each NAME.json in a folder the rows in it.
class results {
public:
    /// @param kernel `uname -r` of the guest
    /// @throws std::runtime_error, nlohmann::json::exception if a file is no result
    results(const std::string& folder, const std::string& kernel);

    /// @return the rows of NAME.json, none if it was not measured
    [[nodiscard]] const nlohmann::json& rows(const std::string& name) const;
    /// @return those of them whose fields equal those of @p key
    [[nodiscard]] nlohmann::json rows(const std::string& name, const nlohmann::json& key) const;
    /// @return everything, with the machine it was measured on
    [[nodiscard]] const nlohmann::json& all() const { return all_; }

    /// @return @p field of the row whose other fields equal those of @p key, if there is one
    [[nodiscard]] std::optional<double> find(const std::string& name, const nlohmann::json& key,
                                             const std::string& field) const;
    /// @return guest instructions a MiB of one way, by "field instructions"
    [[nodiscard]] std::optional<double> cost(const std::string& way, const std::string& sink,
                                             std::uint64_t io_bytes) const;

    /// @return what people call a way that is in a table
    [[nodiscard]] std::string label(const std::string& name, const std::string& way) const;

private:
    nlohmann::json all_;
};

/// @return 1234567 as "1,234,567", for a thousand of anything is easier to compare so
std::string grouped(double value);
/// @return 4096 as "4 KiB"; whole KiB or MiB
std::string size_text(std::uint64_t bytes);
/// @return a number with as many digits as it is worth: 0.123, 1.23, 12.3, 1,234
std::string rounded(double value);

} // namespace bench

#endif
