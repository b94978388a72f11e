// SPDX-License-Identifier: Apache-2.0
// The keys that name files which decide results. They are no part of a run's identity as texts (the
// checksums of what they name are), but a command or a configuration that is to repeat a result
// needs them, and as absolute paths, wherever it is given.
//
//   make_inputs_absolute(config);
//   repeating_command("dyt train", core::fields_of(config), core::fields_of(defaults));
#pragma once

#include <string>
#include <vector>

#include "dyt/core/config.h"

namespace dyt::data {
struct DataConfig;
}  // namespace dyt::data

namespace dyt::tasks {

struct RunConfig;

bool is_input_path(const std::string& key);

// Whether such a key's value is a path: not "", not data.test_folder=none.
bool names_a_file(const std::string& key, const std::string& value);

// Those of `fields`, which must outlive the result.
std::vector<const core::Field*> input_paths(const core::Fields& fields);

// Seen from the current folder; "" stays "".
std::string absolute_path(const std::string& path);

// Also writes the data set's name where files of one's own are named (images, folder), so that no
// configuration names a data set that is not read.
void make_inputs_absolute(RunConfig& config);

// Says with data.dir where a data set comes from that is found by DYT_DATA: who repeats a result
// may have another environment.
void settle_data_folder(data::DataConfig& config);

// The fields that repeating a result needs: those that decide it and the paths of what it reads.
// They point at the same targets.
core::Fields result_fields(const core::Fields& fields);

// "COMMAND key=value ..." with every one of them that differs from `defaults` (the same fields of
// an untouched configuration), quoted for a shell. It repeats the result from any folder.
std::string repeating_command(const std::string& command, const core::Fields& fields,
                              const core::Fields& defaults);

}  // namespace dyt::tasks
