// SPDX-License-Identifier: Apache-2.0
// Paths as a person gives them, and as they are shown to one.
//
//   check_tilde("data.folder", "~/pets", "command line");   // Error: the shell has left the ~
//   path_text("pets");                                      // "pets (that is /home/ann/pets)"
//   cache_folder() / "listings";                            // where there is one
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace dyt::core {

// Error(kUsage) for "~", "~/..." and "~name/...": a shell puts the home folder there at the
// beginning of a word only, and we would make or look for a folder called `~`. `key`: what the
// value was given for; `where`: the file and line, or the command line.
void check_tilde(std::string_view key, std::string_view value, std::string_view where);

// Bytes that are no UTF-8 as \xE4, so that any name can be shown and written into JSON.
std::string escaped_text(std::string_view text);

// For messages: the path, and where it is relative the place that this means.
std::string path_text(const std::filesystem::path& path);

// $HOME; "" where it is not set, empty or not absolute.
std::filesystem::path home_folder();

// Where things are kept that can be made again: $XDG_CACHE_HOME/dyt, else $HOME/.cache/dyt; "" where
// neither is set to an absolute path. It need not be there, and it may not be writable: who keeps
// something there must do without.
std::filesystem::path cache_folder();

}  // namespace dyt::core
