// SPDX-License-Identifier: Apache-2.0
// The sections of a comparison's page, as HTML, in the order in which they stand.
#pragma once

#include <string>

#include "dyt/report/compare_report.h"
#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

std::string summary_section(const CompareData& data);  // the first screen, with the title
std::string results_section(const CompareData& data);  // table, seeds, differences
std::string curves_section(const CompareData& data);   // curves, alpha
std::string strip_section(const CompareData& data);    // "" without a strip
// What each slot's first seed drew; "" without pictures.
std::string pictures_section(const CompareData& data, const PngOf& png_of);
std::string repeat_section(const std::string& command, const std::string& config_toml,
                           const std::vector<std::pair<std::string, std::string>>& facts);

// "−0.4 points" figures for results_section.
std::string accuracy_figure(const CompareData& data);
std::string difference_figure(const CompareData& data);

// What the verdicts mean for the reader: HTML sentences.
std::vector<std::string> meaning_lines(const CompareData& data);

}  // namespace dyt::report
