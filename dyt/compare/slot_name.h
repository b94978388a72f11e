// SPDX-License-Identifier: Apache-2.0
// Names of slots for people and for folders.
//
//   slot_label("dyt:alpha0=auto");    // "DyT (alpha0=auto)"
//   slot_folder("dyt:alpha0=auto");   // "dyt+alpha0-auto"
#pragma once

#include <string>
#include <string_view>

namespace dyt::compare {

std::string slot_label(std::string_view slot);

// A file name that every file system takes and that no other slot has: ':' becomes '+', the '='
// after a key '-', and what is neither a letter, a digit nor one of "._-" becomes %XX. It holds no
// '=', so that a path of a run never looks like key=value.
std::string slot_folder(std::string_view slot);

bool is_none_slot(std::string_view slot);

}  // namespace dyt::compare
