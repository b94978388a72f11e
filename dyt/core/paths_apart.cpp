// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/paths_apart.h"

#include <algorithm>

#include "dyt/core/error.h"

namespace dyt::core {
namespace {

namespace fs = std::filesystem;

// Links resolved as far as the path is there. A trailing slash is dropped: it would be a part.
fs::path resolved(const fs::path& path) {
  std::error_code failed;
  fs::path whole = fs::weakly_canonical(fs::absolute(path), failed);
  if (failed) {
    whole = fs::absolute(path).lexically_normal();
  }
  return whole.has_filename() ? whole : whole.parent_path();
}

bool holds(const fs::path& outer, const fs::path& inner) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

void check_apart(const NamedPath& output, const std::vector<NamedPath>& inputs) {
  if (output.path.empty()) {
    return;
  }
  const fs::path out = resolved(output.path);
  for (const NamedPath& input : inputs) {
    if (input.path.empty()) {
      continue;
    }
    const fs::path in = resolved(input.path);
    std::error_code ignored;
    const bool around = holds(out, in);
    const bool inside = fs::is_directory(in, ignored) && holds(in, out);
    if (around || inside) {
      throw Error(ErrorKind::kUsage,
                  {.what = in == out ? "what is read and what is written are one folder"
                           : around  ? "what is read lies in the folder that is to be written"
                                     : "what is to be written lies in a folder that is read",
                   .where = output.name + " and " + input.name,
                   .expected = "two places apart",
                   .found = output.name + "=" + output.path.string() + ", " + input.name + "=" +
                            input.path.string(),
                   .todo = "choose another place with " + output.name + "=FOLDER"});
    }
  }
}

}  // namespace dyt::core
