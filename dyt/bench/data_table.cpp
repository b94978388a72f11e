// SPDX-License-Identifier: Apache-2.0
// The cases of `dyt bench data` as tables for a terminal.
#include <nlohmann/json.hpp>

#include "dyt/bench/data_bench.h"
#include "dyt/bench/internal/cell.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

std::string row_line(const Json& row) {
  std::string name = row.at("name").get<std::string>();
  name.resize(std::max<size_t>(name.size(), 38), ' ');
  std::string text = "  " + name + cell("%8.1f", row.at("rate_images_per_s")) +
                     cell("%9.1f", row.at("rate_low")) + cell("%9.1f", row.at("rate_high")) +
                     cell("%11.2f", row.at("time_decode_ms")) +
                     cell("%14.2f", row.at("time_transform_ms"));
  if (row.contains("ratio_to_torchvision")) {
    text += cell("%10.2f", row.at("ratio_to_torchvision")) + cell(" (%.2f", row.at("ratio_low")) +
            cell(" to %.2f)", row.at("ratio_high"));
  }
  return text + "\n";
}

std::string data_case_table(const Json& row) {
  const auto count_of = [&row](const char* key) {
    return std::to_string(row.at(key).get<int64_t>());
  };
  std::string text = row.at("transform").get<std::string>() + ", images of " +
                     count_of("image_size") + " pixels, batch " + count_of("batch_size") +
                     ", workers " + count_of("workers") + ", " + count_of("images") +
                     " images a turn\n" + std::string(40, ' ') +
                     "images/s     10 %     90 %  decode ms  transform ms  / torchvision\n";
  for (const Json& line : row.at("rows")) {
    text += row_line(line);
  }
  return text + (row.contains("left_out")
                     ? "  left out: " + row["left_out"].get<std::string>() + "\n"
                     : "");
}

}  // namespace

std::string data_table_text(const std::string& json) {
  const Json document = Json::parse(json);
  std::string text;
  for (const Json& row : document.at("cases")) {
    text += data_case_table(row) + "\n";
  }
  return text +
         "/ torchvision: images per second over its loader's in the same round, median (10 to 90 % "
         "of the rounds).\nDecode and transform: of one image in one thread.\n";
}

}  // namespace dyt::bench
