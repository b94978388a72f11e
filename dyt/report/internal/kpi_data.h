// SPDX-License-Identifier: Apache-2.0
// The decision sheet of compare.json (docs/compare-json.md, "kpi") as plain structs. Empty texts
// stand for null and absent fields.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dyt::report {

struct KpiLimit {
  std::string check;  // "time_step"
  std::string title;  // "Step time"
  std::string text;   // "at most 5 % more than LayerNorm"
};

struct KpiCheck {
  std::string check;
  std::string status;  // met, missed, not_sure, not_measured
  std::string measured_text, interval_text, sentence;
};

struct KpiSlot {
  std::string slot;
  std::vector<KpiCheck> checks;
  std::string decision;  // go, no_go, open, reference; "" where the file has none
  std::string sentence;
};

struct KpiSheet {
  std::vector<KpiLimit> limits;
  std::vector<KpiSlot> slots;
};

class JsonNode;
std::optional<KpiSheet> parse_kpi(const JsonNode& node);  // nullopt where absent

}  // namespace dyt::report
