// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/compare_report.h"

#include "dyt/core/text.h"
#include "dyt/report/internal/alpha_spread.h"
#include "dyt/report/internal/compare_data.h"
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/decision_sheet.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/health.h"
#include "dyt/report/internal/html.h"

namespace dyt::report {
namespace {

std::string seeds_text(const Slot& slot) {
  std::vector<std::string> seeds;
  for (const SeedRun& run : slot.seeds) {
    seeds.push_back(std::to_string(run.seed));
  }
  return core::join(seeds, ", ");
}

std::vector<std::pair<std::string, std::string>> repeat_facts(const CompareData& data) {
  std::vector<std::string> slots;
  for (const Slot& slot : data.slots) {
    slots.push_back(slot.slot);
  }
  std::vector<std::pair<std::string, std::string>> facts = {
      {"slots", core::join(slots, ", ")},
      {"seeds", seeds_text(data.baseline())},
      {"model", data.model_summary},
      {"data", data.data_name + (data.data_summary.empty() ? "" : ": " + data.data_summary)},
      {"source", data.data_source},
      {"licence", data.data_licence},
      {"data checksum", data.data_checksum}};
  facts.insert(facts.end(), data.environment.begin(), data.environment.end());
  return facts;
}

}  // namespace

std::string compare_report_html(const std::string& compare_json_text, const PngOf& png_of) {
  const CompareData data = parse_compare(compare_json_text);
  const std::string name = !data.title.empty() ? data.title : data.data_name;
  return page_html("Norm slots compared: " + name,
                   summary_section(data) + decision_sheet_section(data) + results_section(data) +
                       curves_section(data) + strip_section(data) + pictures_section(data, png_of) +
                       element("h2", "Health of the layers") + health_section(data.slots) +
                       alpha_section(data.slots) +
                       (data.norms ? norms_section(*data.norms, label_of(data, data.norms->slot))
                                   : std::string()) +
                       repeat_section(data.command, data.config_toml, repeat_facts(data)));
}

}  // namespace dyt::report
