// SPDX-License-Identifier: Apache-2.0
// What a command writes must not lie in what it reads, nor what it reads in what it writes: a
// folder of images would get classes called `last` and `best`, and --fresh would clear weights.
//
//   check_apart({"out", "runs/a"}, {{"data.folder", "pets"}, {"start.from", "runs/pretrained"}});
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dyt::core {

struct NamedPath {
  std::string name;  // key, flag or argument, for the message
  std::filesystem::path path;
};

// Error(kUsage) where the folder `output` is, lies in, or holds one of the inputs, links resolved;
// of an input that is no folder, where `output` is it or holds it. Empty paths are left out.
void check_apart(const NamedPath& output, const std::vector<NamedPath>& inputs);

}  // namespace dyt::core
