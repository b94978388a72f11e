// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm_spec.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/nn/norm_table.h"

namespace dyt::nn {
namespace {

constexpr double kSmallestAlpha0 = 1e-4;
constexpr double kLargestAlpha0 = 1e4;
constexpr double kNotSet = std::numeric_limits<double>::quiet_NaN();

// A spec as the typed fields of its text form: what a field cannot hold (nothing, a number or a
// word) stands beside it as text.
struct SpecFields {
  NormSpec spec;
  const NormRow& row;
  std::string shift;
  std::string alpha0 = "0.5";
  std::array<double, kSites.size()> alpha0_at_site;

  explicit SpecFields(const NormSpec& from);
  void visit_fields(core::Fields& fields);
  NormSpec result(const std::string& where) const;
};

std::string alpha0_text(const Alpha0& alpha0) {
  switch (alpha0.rule) {
    case Alpha0::Rule::kPaper:
      return "paper";
    case Alpha0::Rule::kAuto:
      return "auto";
    default:
      return core::number_text(alpha0.value);
  }
}

Alpha0 parse_alpha0(const std::string& text, const std::string& where) {
  if (text == "paper") {
    return {.rule = Alpha0::Rule::kPaper};
  }
  if (text == "auto") {
    return {.rule = Alpha0::Rule::kAuto};
  }
  Alpha0 alpha0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, alpha0.value);
  const bool in_bounds = alpha0.value >= kSmallestAlpha0 && alpha0.value <= kLargestAlpha0;
  if (read.ec != std::errc() || read.ptr != end || !in_bounds) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "wrong value for 'alpha0'",
                       .where = where,
                       .expected = "a number from " + core::number_text(kSmallestAlpha0) + " to " +
                                   core::number_text(kLargestAlpha0) + ", paper or auto",
                       .found = text});
  }
  return alpha0;
}

SpecFields::SpecFields(const NormSpec& from)
    : spec(from), row(norm_row(from.kind)), alpha0(alpha0_text(from.alpha0)) {
  spec.kind = row.name;
  if (from.shift) {
    shift = *from.shift ? "true" : "false";
  }
  for (size_t i = 0; i < kSites.size(); ++i) {
    const auto found = from.alpha0.by_site.find(kSites[i]);
    alpha0_at_site[i] = found == from.alpha0.by_site.end() ? kNotSet : found->second;
  }
}

void SpecFields::visit_fields(core::Fields& fields) {
  if (row.statistics) {
    fields.add("eps", spec.eps, {.help = "added to the variance", .min = 0, .max = 1});
  }
  if (row.groups) {
    fields.add("groups", spec.groups,
               {.help = "groups of channels; they divide the channels", .min = 1, .max = 65536});
  }
  if (row.weight) {
    fields.add("weight", spec.weight, {.help = "whether there is a weight per channel"});
  }
  if (row.bias) {
    fields.add("bias", spec.bias, {.help = "whether there is a bias per channel"});
  }
  if (!row.function.empty()) {
    fields.add("alpha0", alpha0, {.help = "where alpha starts: a number, paper or auto"});
    for (size_t i = 0; i < kSites.size(); ++i) {
      fields.add("alpha0." + site_name(kSites[i]), alpha0_at_site[i],
                 {.help = "where alpha starts in the slots of that site",
                  .min = kSmallestAlpha0,
                  .max = kLargestAlpha0});
    }
    fields.add("shift", shift,
               {.help = "whether there is a shift inside f", .choices = {"true", "false"}});
    fields.add("shift0", spec.shift0, {.help = "where shift starts", .min = -100, .max = 100});
  }
  if (row.impl) {
    fields.add("impl", spec.impl,
               {.help = "implementation: ours, or LibTorch's", .choices = {"auto", "torch"}});
  }
}

NormSpec SpecFields::result(const std::string& where) const {
  NormSpec parsed = spec;
  parsed.shift.reset();
  if (!shift.empty() && (shift == "true") != row.shift) {
    parsed.shift = !row.shift;
  }
  parsed.alpha0 = parse_alpha0(alpha0, where);
  for (size_t i = 0; i < kSites.size(); ++i) {
    if (!std::isnan(alpha0_at_site[i])) {
      parsed.alpha0.by_site[kSites[i]] = alpha0_at_site[i];
    }
  }
  if (parsed.shift0 != 0 && !parsed.shift.value_or(row.shift)) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "shift0 is given, but " + parsed.kind + " has no shift here",
                       .where = where,
                       .todo = "add shift=true, or leave shift0 out"});
  }
  return parsed;
}

struct PublishedAlpha0 {
  int64_t width;     // from this width on
  double attention;  // in front of attention
  double other;
};

constexpr PublishedAlpha0 kPublished[] = {
    {8192, 0.2, 0.05}, {5120, 0.6, 0.15}, {4096, 0.8, 0.2}, {2048, 1.0, 0.5}, {0, 0.5, 0.5}};

}  // namespace

NormSpec parse_norm_spec(std::string_view text) {
  const std::vector<std::string> parts = core::split(core::trim(text), ':');
  const std::string where = "norm slot '" + std::string(text) + "'";
  SpecFields known(NormSpec{.kind = parts[0]});
  const core::Fields fields = core::fields_of(known);
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos) {
      throw core::Error(core::ErrorKind::kUsage,
                        {.what = "not an assignment: '" + parts[i] + "'",
                         .where = where,
                         .expected = "kind[:key=value]..., for instance dyt:alpha0=auto"});
    }
    core::apply_value(fields, parts[i].substr(0, equals), parts[i].substr(equals + 1), where);
  }
  return known.result(where);
}

std::string norm_spec_text(const NormSpec& spec) {
  SpecFields given(spec);
  SpecFields standard(NormSpec{.kind = given.spec.kind});
  const core::Fields given_fields = core::fields_of(given);
  const core::Fields standard_fields = core::fields_of(standard);
  std::string text = given.spec.kind;
  for (size_t i = 0; i < given_fields.list().size(); ++i) {
    const core::Field& field = given_fields.list()[i];
    const std::string value = core::plain_value(field);
    if (value != core::plain_value(standard_fields.list()[i])) {
      text += ":" + field.key + "=" + value;
    }
  }
  return text;
}

double published_alpha0(int64_t width, Site site) {
  for (const PublishedAlpha0& row : kPublished) {
    if (width >= row.width) {
      return site == Site::kAttention ? row.attention : row.other;
    }
  }
  throw core::Error(core::ErrorKind::kInternal, {.what = "a norm slot of negative width"});
}

std::optional<double> alpha0_at(const NormSpec& spec, int64_t width, Site site) {
  const auto found = spec.alpha0.by_site.find(site);
  if (found != spec.alpha0.by_site.end()) {
    return found->second;
  }
  switch (spec.alpha0.rule) {
    case Alpha0::Rule::kNumber:
      return spec.alpha0.value;
    case Alpha0::Rule::kPaper:
      return published_alpha0(width, site);
    default:
      return std::nullopt;
  }
}

std::optional<double> fixed_alpha0(const NormSpec& spec) {
  const bool one_number = spec.alpha0.rule == Alpha0::Rule::kNumber && spec.alpha0.by_site.empty();
  if (norm_row(spec.kind).function.empty() || !one_number) {
    return std::nullopt;
  }
  return spec.alpha0.value;
}

}  // namespace dyt::nn
