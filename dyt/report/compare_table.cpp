// The terminal's view of a comparison.
#include <algorithm>

#include "dyt/core/text.h"
#include "dyt/report/compare_report.h"
#include "dyt/report/internal/compare_data.h"
#include "dyt/report/internal/decision_sheet.h"
#include "dyt/report/internal/format.h"

namespace dyt::report {
namespace {

constexpr size_t kColumns = 100;
constexpr size_t kShortestLabel = 8;

using Row = std::vector<std::string>;

std::string padded(const std::string& text, size_t width, bool left) {
  const size_t have = character_count(text);
  const std::string space(width > have ? width - have : 0, ' ');
  return left ? text + space : space + text;
}

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

// The labels, in the first column, give way where a line would be too long.
std::string aligned(std::vector<Row> rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], character_count(row[i]));
    }
  }
  size_t others = 0;
  for (size_t i = 1; i < widths.size(); ++i) {
    others += 2 + widths[i];
  }
  widths[0] = std::min(widths[0], std::max(kShortestLabel, kColumns - std::min(kColumns, others)));
  std::string text;
  for (Row& row : rows) {
    row[0] = shorten(row[0], widths[0]);
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += (i > 0 ? "  " : "") + padded(row[i], widths[i], i == 0);
    }
    text += line + "\n";
  }
  return text;
}

// Words over lines of at most kColumns; later lines are indented.
std::string wrapped(const std::string& paragraph, const std::string& indent) {
  std::string text;
  std::string line;
  for (const std::string& word : core::split(paragraph, ' ')) {
    if (!line.empty() && character_count(line) + 1 + character_count(word) > kColumns) {
      text += line + "\n";
      line = indent + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return text + line + "\n";
}

// Labels and sentences come from a file: no control characters reach the terminal.
std::string printable(std::string text) {
  for (char& byte : text) {
    const bool control = (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') || byte == 0x7F;
    byte = control ? ' ' : byte;
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
  std::string text =
      aligned(rows) + wrapped(
                          "Accuracy: last epoch, mean +- sd over seeds. * best epoch, "
                          "picked on the test images.",
                          "");
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
