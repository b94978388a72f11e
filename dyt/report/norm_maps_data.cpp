// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/json_node.h"
#include "dyt/report/internal/norm_maps.h"

namespace dyt::report {
namespace {

MapGroup parse_group(const JsonNode& node) {
  return {.number = node.integer("number").value_or(0),
          .std = node.number("std"),
          .extreme = node.boolean("extreme").value_or(false),
          .x = node.numbers("x"),
          .y = node.numbers("y")};
}

std::vector<MapGroup> parse_groups(const std::vector<JsonNode>& nodes) {
  std::vector<MapGroup> groups;
  for (const JsonNode& node : nodes) {
    groups.push_back(parse_group(node));
  }
  return groups;
}

double number(const JsonNode& node, const std::string& key) {
  const std::optional<double> value = node.number(key);
  if (!value) {
    node.fail(key, "a number");
  }
  return *value;
}

NormMap parse_map(const JsonNode& node) {
  const JsonNode line = node.object("line");
  const JsonNode tanh = node.object("tanh");
  const JsonNode std = node.object("token_std");
  const JsonNode points = node.object("points");
  return {.number = node.integer("number").value_or(0),
          .name = node.required_text("name"),
          .site = node.text("site"),
          .kind = node.text("kind"),
          .slope = number(line, "slope"),
          .line_offset = number(line, "offset"),
          .line_r2 = number(line, "r2"),
          .alpha = number(tanh, "alpha"),
          .scale = number(tanh, "scale"),
          .tanh_offset = number(tanh, "offset"),
          .tanh_r2 = number(tanh, "r2"),
          .token_std_min = std.number("min"),
          .token_std_median = std.number("median"),
          .token_std_max = std.number("max"),
          .tokens = parse_groups(points.list("tokens")),
          .channels = parse_groups(points.list("channels")),
          .sample = points.present() ? parse_group(points.object("sample")) : MapGroup{}};
}

}  // namespace

std::optional<Norms> parse_norms(const JsonNode& node) {
  if (!node.present()) {
    return std::nullopt;
  }
  Norms norms{
      .slot = node.text("slot"), .seed = node.integer("seed"), .images = node.integer("images")};
  for (const JsonNode& map : node.list("maps")) {
    norms.maps.push_back(parse_map(map));
  }
  return norms.maps.empty() ? std::nullopt : std::optional(norms);
}

SCurve s_curve(double gain) {
  if (gain >= kClearGain) {
    return SCurve::kClear;
  }
  return gain >= kSlightGain ? SCurve::kSlight : SCurve::kNone;
}

}  // namespace dyt::report
