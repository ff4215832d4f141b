// SPDX-License-Identifier: GPL-2.0-or-later
//
// What save and load have in common.
#ifndef MEMLANE_TOOLS_TRANSFER_COMMAND_HPP
#define MEMLANE_TOOLS_TRANSFER_COMMAND_HPP

#include <functional>
#include <string>

#include "memlane/transfer.hpp"
#include "options.hpp"

namespace memlane::tool {

struct transfer_request {
    explicit transfer_request(std::string verb_name) : verb(std::move(verb_name)) {}

    std::string verb;
    std::string source;
    std::string target;
    transfer_options options;
    bool json = false;
    bool verbose = false;
};

/** Adds the options that both take. */
void add_transfer_options(CLI::App& app, transfer_request& request);

/**
 * Runs @p move with a progress bar, catches interrupts, prints how it went.
 *
 * @throws what @p move throws, after printing it as JSON if that was asked for
 */
void run_transfer(transfer_request& request,
                  const std::function<transfer_result(const transfer_options&)>& move);

} // namespace memlane::tool

#endif // MEMLANE_TOOLS_TRANSFER_COMMAND_HPP
