// SPDX-License-Identifier: Apache-2.0
// A comparison for people: one HTML page and one terminal table from the text of compare.json
// (docs/compare-json.md).
//
//   const std::string json = core::read_file(folder / "compare.json");
//   core::write_file_atomic(folder / "report.html", compare_report_html(json));
//
// Both throw core::Error(kData) for text that is not a compare.json of version 1.
#pragma once

#include <functional>
#include <string>

namespace dyt::report {

// The bytes of a picture that a text names by its file ("pictures/samples.png"), or nothing where
// it cannot be had: the page does without it.
using PngOf = std::function<std::string(const std::string& file)>;

// One self-contained file: no external resource, no script; plots are inline SVG drawn by gnuplot,
// pictures are inside. Where gnuplot is missing or fails, a line in each plot's place says so.
std::string compare_report_html(const std::string& compare_json_text, const PngOf& png_of = {});

// At most 100 columns, plain ASCII where the slots' labels are, no colour codes; ends with a
// newline.
std::string compare_table_text(const std::string& compare_json_text);

}  // namespace dyt::report
