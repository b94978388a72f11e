// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/inspection_json.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace dyt::tasks {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

double four_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::strtod(text, nullptr);
}

Json numbers_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) {
    list.push_back(four_digits(value));
  }
  return list;
}

Json points_json(const analysis::MapPoints& points) {
  return {{"x", numbers_json(points.x)}, {"y", numbers_json(points.y)}};
}

Json groups_json(const std::vector<analysis::MapPoints>& groups, bool of_channels) {
  Json list = Json::array();
  for (const analysis::MapPoints& group : groups) {
    Json entry = {{"number", group.number}, {"std", four_digits(group.std)}};
    if (of_channels) {
      entry["extreme"] = group.extreme;
    }
    entry.update(points_json(group));
    list.push_back(entry);
  }
  return list;
}

Json map_json(const analysis::NormMap& map) {
  Json entry = {
      {"number", map.number},
      {"name", map.name},
      {"site", map.site},
      {"kind", map.kind},
      {"elements", map.elements},
      {"line", {{"slope", map.line.slope}, {"offset", map.line.offset}, {"r2", map.line.r2}}},
      {"tanh",
       {{"alpha", map.tanh.alpha},
        {"scale", map.tanh.scale},
        {"offset", map.tanh.offset},
        {"r2", map.tanh.r2}}},
      {"token_std",
       {{"min", map.token_std_min}, {"median", map.token_std_median}, {"max", map.token_std_max}}},
      {"points", nullptr}};
  if (!map.tokens.empty()) {
    entry["points"] = {{"tokens", groups_json(map.tokens, false)},
                       {"channels", groups_json(map.channels, true)},
                       {"sample", points_json(map.sample)}};
  }
  return entry;
}

}  // namespace

Json slot_json(const analysis::SlotStatistics& slot, int64_t number, int64_t parameters) {
  const bool spread = slot.input_std > 0 && std::isfinite(slot.input_std);
  return {{"number", number},
          {"name", slot.name},
          {"site", slot.site},
          {"kind", slot.kind},
          {"parameters", parameters},
          {"alpha", or_null(slot.alpha)},
          {"inverse_std", spread ? Json(1 / slot.input_std) : Json(nullptr)},
          {"input_std", slot.input_std},
          {"input_max", slot.input_max},
          {"saturated", or_null(slot.saturated)},
          {"level",
           slot.saturated ? Json(analysis::saturation_level(*slot.saturated)) : Json(nullptr)}};
}

Json alpha_and_spread_json(const std::vector<LayerAlpha>& layers) {
  Json list = Json::array();
  std::vector<double> alphas;
  std::vector<double> inverses;
  for (const LayerAlpha& layer : layers) {
    list.push_back(
        {{"name", layer.name}, {"alpha", layer.alpha}, {"inverse_std", layer.inverse_std}});
    alphas.push_back(layer.alpha);
    inverses.push_back(layer.inverse_std);
  }
  const auto found = analysis::correlation(inverses, alphas);
  return {{"layers", list},
          {"n", layers.size()},
          {"r", found ? Json(found->r) : Json(nullptr)},
          {"low", found ? or_null(found->low) : Json(nullptr)},
          {"high", found ? or_null(found->high) : Json(nullptr)}};
}

Json maps_json(const std::vector<analysis::NormMap>& maps) {
  Json list = Json::array();
  for (const analysis::NormMap& map : maps) {
    list.push_back(map_json(map));
  }
  return list;
}

}  // namespace dyt::tasks
