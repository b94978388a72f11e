// SPDX-License-Identifier: Apache-2.0
// The terminal's view of a comparison.
#include <algorithm>

#include "dyt/core/text.h"
#include "dyt/report/compare_report.h"
#include "dyt/report/internal/compare_data.h"
#include "dyt/report/internal/decision_sheet.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/text_table.h"

namespace dyt::report {
namespace {

using Row = std::vector<std::string>;

std::string spread_text(std::optional<double> mean, std::optional<double> std, double factor,
                        int digits) {
  if (!mean) {
    return "-";
  }
  return core::fixed_text(factor * *mean, digits) +
         (std ? " +- " + core::fixed_text(factor * *std, digits) : "");
}

std::string maybe_number(std::optional<double> value) { return value ? short_number(*value) : "-"; }

bool any_share(const CompareData& data) {
  return data.cost && std::any_of(data.cost->slots.begin(), data.cost->slots.end(),
                                  [](const CostSlot& slot) { return slot.share_ms.has_value(); });
}

Row head_row(const CompareData& data) {
  Row row = {"slot", "accuracy %", "best* %", "test loss", "parameters"};
  if (data.cost) {
    row.insert(row.end(), {"ms/step", "MiB"});
  }
  if (any_share(data)) {
    row.insert(row.end() - 1, "share");
  }
  row.push_back("diverged");
  return row;
}

Row slot_row(const CompareData& data, const Slot& slot) {
  Row row = {slot.label, spread_text(slot.accuracy_mean, slot.accuracy_std, 100, 2),
             spread_text(slot.best_mean, std::nullopt, 100, 2),
             spread_text(slot.loss_mean, std::nullopt, 1, 3),
             slot.parameters ? std::to_string(*slot.parameters) : "-"};
  const CostSlot* found = find_cost(data, slot.slot);
  const CostSlot cost = found != nullptr ? *found : CostSlot{};
  if (data.cost) {
    row.push_back(maybe_number(cost.step_ms));
    if (any_share(data)) {
      row.push_back(maybe_number(cost.share_ms));
    }
    const auto bytes = cost.memory_peak_bytes;
    row.push_back(bytes ? std::to_string(*bytes / (1 << 20)) : "-");
  }
  row.push_back(std::to_string(slot.diverged) + "/" + std::to_string(slot.seeds.size()));
  return row;
}

std::string measures_text(const CompareData& data) {
  std::string text;
  for (const Slot& slot : data.slots) {
    for (const SlotMeasure& measure : slot.measures) {
      text += wrapped(
          slot.label + ": " + measure.title + ": " + spread_text(measure.mean, measure.std, 1, 4),
          "  ");
    }
  }
  return text;
}

}  // namespace

std::string compare_table_text(const std::string& compare_json_text) {
  const CompareData data = parse_compare(compare_json_text);
  std::vector<Row> rows = {head_row(data)};
  for (const Slot& slot : data.slots) {
    rows.push_back(slot_row(data, slot));
  }
  std::string text = aligned(rows) +
                     wrapped(
                         "Accuracy: last epoch, mean +- sd over seeds. * best epoch, "
                         "picked on the test images.",
                         "") +
                     measures_text(data);
  for (const Slot& slot : data.slots) {
    if (slot.versus && !slot.versus->sentence.empty()) {
      text += "\n" + wrapped(slot.versus->sentence, "  ");
    }
  }
  const std::vector<std::string> pilots = pilot_texts(data);
  for (size_t i = 0; i < pilots.size(); ++i) {
    text += (i == 0 ? "\n" : "") + wrapped(pilots[i], "  ");
  }
  for (const std::string& warning : data.warnings) {
    text += "\n" + wrapped("warning: " + warning, "  ");
  }
  return printable(text);
}

}  // namespace dyt::report
