// SPDX-License-Identifier: Apache-2.0
// One training run for people: an HTML page from the texts of a run folder's files.
//
//   run_report_html(read_file(run / "config.toml"), read_file(run / "metrics.jsonl"),
//                   read_file(run / "result.json"), read_file(run / "env.json"));
#pragma once

#include <string>

#include "dyt/report/compare_report.h"

namespace dyt::report {

// `result_json` may be empty: a run that has not ended. An unfinished last line of `metrics_jsonl`
// is left out. Throws as compare_report_html does; the message names the file and the field or
// line.
// Without `png_of` there are no pictures.
std::string run_report_html(const std::string& config_toml, const std::string& metrics_jsonl,
                            const std::string& result_json, const std::string& env_json,
                            const PngOf& png_of = {});

}  // namespace dyt::report
