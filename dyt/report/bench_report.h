// SPDX-License-Identifier: Apache-2.0
// A measurement of `dyt bench ops` for people: a page with plots and tables from its JSON
// (bench/ops_bench.h).
//
//   write_file_atomic("bench.html", bench_report_html(bench_ops(config, {}, {})));
#pragma once

#include <string>

namespace dyt::report {

// Errors as compare_report_html.
std::string bench_report_html(const std::string& bench_json);

}  // namespace dyt::report
