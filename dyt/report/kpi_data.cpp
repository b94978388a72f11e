// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/kpi_data.h"

#include <algorithm>

#include "dyt/report/internal/json_node.h"

namespace dyt::report {
namespace {

// A text that must be one of these, or absent.
std::string one_of(const JsonNode& node, const std::string& key,
                   std::initializer_list<const char*> words, const std::string& expected) {
  std::string text = node.text(key);
  if (!text.empty() && std::find(words.begin(), words.end(), text) == words.end()) {
    node.fail(key, expected);
  }
  return text;
}

KpiCheck parse_check(const std::string& name, const JsonNode& node) {
  KpiCheck check{.check = name};
  check.status = one_of(node, "status", {"met", "missed", "not_sure", "not_measured"},
                        "\"met\", \"missed\", \"not_sure\" or \"not_measured\"");
  check.measured_text = node.text("measured_text");
  check.interval_text = node.text("interval_text");
  check.sentence = node.text("sentence");
  return check;
}

KpiSlot parse_kpi_slot(const JsonNode& node) {
  KpiSlot slot{.slot = node.text("slot")};
  for (const auto& [name, check] : node.object("checks").members()) {
    slot.checks.push_back(parse_check(name, check));
  }
  const JsonNode decision = node.object("time_decision");
  slot.decision = one_of(decision, "decision", {"go", "no_go", "open", "reference"},
                         "\"go\", \"no_go\", \"open\" or \"reference\"");
  slot.sentence = decision.text("sentence");
  return slot;
}

}  // namespace

std::optional<KpiSheet> parse_kpi(const JsonNode& node) {
  if (!node.present()) {
    return std::nullopt;
  }
  KpiSheet sheet;
  for (const JsonNode& limit : node.list("limits")) {
    sheet.limits.push_back({limit.text("check"), limit.text("title"), limit.text("limit_text")});
  }
  for (const JsonNode& slot : node.list("slots")) {
    sheet.slots.push_back(parse_kpi_slot(slot));
  }
  return sheet;
}

}  // namespace dyt::report
