// SPDX-License-Identifier: Apache-2.0
// The cases of `dyt bench step` as tables for a terminal.
#include <nlohmann/json.hpp>

#include "dyt/bench/internal/cell.h"
#include "dyt/bench/step_bench.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

// `value` at the left of a column.
void put(std::string& text, const std::string& value, size_t width) {
  text += value;
  text.append(width > value.size() ? width - value.size() : 0, ' ');
}

// Columns that every slot of the case has, after the times.
struct Column {
  const char* key;
  const char* title;
  const char* format;
};

constexpr Column kColumns[] = {{"ratio_to_baseline", "  / baseline", "%12.3f"},
                               {"ratio_to_pytorch", "  / PyTorch", "%11.3f"},
                               {"memory_peak_mb", "  peak MB", "%9.0f"},
                               {"memory_growth_mb", "  growth MB", "%11.0f"}};

std::string head_line(const Json& slot) {
  std::string text;
  put(text, "", 32);
  text += "median ms     10 %     90 %";
  for (const Column& column : kColumns) {
    text += slot.contains(column.key) ? column.title : "";
  }
  for (const auto& [part, ms] : slot.at("parts_ms").items()) {
    text.append(part.size() < 12 ? 12 - part.size() : 1, ' ').append(part);
  }
  return text + "\n";
}

std::string slot_line(const Json& slot) {
  std::string text = "  ";
  put(text, slot.at("slot").get<std::string>(), 28);
  text += cell("%11.1f", slot.at("time_median_ms")) + cell("%9.1f", slot.at("time_low_ms")) +
          cell("%9.1f", slot.at("time_high_ms"));
  for (const Column& column : kColumns) {
    text += slot.contains(column.key) ? cell(column.format, slot.at(column.key)) : "";
  }
  for (const auto& [part, ms] : slot.at("parts_ms").items()) {
    text += cell("%12.1f", ms);
  }
  return text + "\n";
}

std::string case_table(const Json& row) {
  const auto text_of = [&row](const char* key) { return row.at(key).get<std::string>(); };
  const auto count_of = [&row](const char* key) {
    return std::to_string(row.at(key).get<int64_t>());
  };
  std::string text = text_of("model") + ", " + text_of("pass") + ", " + text_of("dtype") +
                     ", batch " + count_of("batch_size") + ", images of " + count_of("image_size") +
                     " pixels, threads " + count_of("threads") + "\n" +
                     head_line(row.at("slots")[0]);
  for (const Json& slot : row.at("slots")) {
    text += slot_line(slot);
  }
  return text + (row.contains("left_out") ? "  left out: " + text_of("left_out") + "\n" : "");
}

std::string legend(const Json& document) {
  std::string text =
      "/ baseline: the step's time over that of the first slot in the same round, median over "
      "rounds.\nThe parts, in ms, are the time inside LibTorch's operators by what they do; "
      "norm slots: forward and backward.\n";
  if (!document.at("config").at("python").get<std::string>().empty()) {
    text += "/ PyTorch: the same over the step of eager PyTorch. ";
  }
  for (const Json& row : document.at("cases")) {
    if (row.at("slots")[0].contains("memory_peak_mb")) {
      return text +
             "Peak: resident memory of a process that makes three such steps, MiB; growth: what of "
             "it was\ntaken for network and steps, without libraries and what was there before.\n";
    }
  }
  return text;
}

}  // namespace

std::string step_table_text(const std::string& json) {
  const Json document = Json::parse(json);
  std::string text;
  for (const Json& row : document.at("cases")) {
    text += case_table(row) + "\n";
  }
  return text + legend(document);
}

}  // namespace dyt::bench
