// SPDX-License-Identifier: Apache-2.0
#include "tests/report/sample_norms.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

Json sample_points(double slope) {
  Json points = {{"x", Json::array()}, {"y", Json::array()}};
  for (int i = -10; i <= 10; ++i) {
    points["x"].push_back(i);
    points["y"].push_back(3 * std::tanh(slope * i));
  }
  return points;
}

Json sample_group(int number, bool extreme) {
  Json group = {{"number", number}, {"std", 1.0 + number}, {"extreme", extreme}};
  group.update(sample_points(0.1 * (number + 1)));
  return group;
}

Json sample_map(int number, double gain, bool with_points) {
  Json map = {{"number", number},
              {"name", "blocks." + std::to_string(number) + ".norm1"},
              {"site", "attention"},
              {"kind", "layer_norm"},
              {"elements", 441},
              {"line", {{"slope", 0.25}, {"offset", 0.0}, {"r2", 0.9}}},
              {"tanh", {{"alpha", 0.2}, {"scale", 3.0}, {"offset", 0.0}, {"r2", 0.9 + gain}}},
              {"token_std", {{"min", 0.5}, {"median", 1.0}, {"max", 4.0}}},
              {"points", nullptr}};
  if (with_points) {
    map["points"] = {{"tokens", {sample_group(0, false), sample_group(1, false)}},
                     {"channels", {sample_group(7, true), sample_group(2, false)}},
                     {"sample", sample_points(0.2)}};
  }
  return map;
}

}  // namespace

Json sample_norms(double gain) {
  return {{"slot", "layer_norm"},
          {"seed", 0},
          {"images", 64},
          {"maps", {sample_map(1, 0, true), sample_map(2, 0, false), sample_map(3, gain, true)}}};
}

Json sample_alpha_and_spread(double r, double low, double high) {
  Json layers = Json::array();
  for (int i = 1; i <= 4; ++i) {
    layers.push_back({{"name", "blocks." + std::to_string(i) + ".norm1"},
                      {"alpha", 0.4 * i},
                      {"inverse_std", 1.0 / i}});
  }
  return {{"layers", layers}, {"n", 4}, {"r", r}, {"low", low}, {"high", high}};
}

Json sample_inspection() {
  const Json norm = {{"number", 1},          {"name", "norm1"},   {"site", "attention"},
                     {"kind", "layer_norm"}, {"parameters", 128}, {"alpha", nullptr},
                     {"inverse_std", 0.5},   {"input_std", 2.0},  {"input_max", 9.5},
                     {"saturated", nullptr}, {"level", nullptr}};
  const Json dyt = {{"number", 2},         {"name", "<norm2>"}, {"site", "ffn"},
                    {"kind", "dyt"},       {"parameters", 129}, {"alpha", 0.75},
                    {"inverse_std", 0.25}, {"input_std", 4.0},  {"input_max", 30.0},
                    {"saturated", 0.41},   {"level", "warning"}};
  return {{"version", 1},
          {"run", "runs/a & b"},
          {"checkpoint", "step-880"},
          {"step", 880},
          {"slot", "dyt"},
          {"model", "vit, 4 blocks"},
          {"data", "digits"},
          {"test_images", 360},
          {"test_accuracy", 0.975},
          {"test_loss", 0.1},
          {"parameters", 202195},
          {"slots", {norm, dyt}},
          {"layers", {{{"name", "blocks.0"}, {"parameters", 50000}}}},
          {"alpha_and_spread", sample_alpha_and_spread(-0.9, -0.99, -0.2)},
          {"norms", sample_norms(0.1)}};
}

}  // namespace dyt::report
