// SPDX-License-Identifier: Apache-2.0
// What `dyt inspect` found in a checkpoint (tasks/inspect.h), for people: a page with pictures and
// a terminal table.
//
//   write_file_atomic(run / "inspect.html", inspect_report_html(inspection_json));
#pragma once

#include <string>

namespace dyt::report {

// Errors as compare_report_html.
std::string inspect_report_html(const std::string& inspection_json);

// At most 100 columns where the slots' names are short, no colour codes; ends with a newline.
std::string inspect_table_text(const std::string& inspection_json);

}  // namespace dyt::report
