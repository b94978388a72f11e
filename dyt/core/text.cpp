// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

namespace dyt::core {
namespace {

struct EditDistance {
  size_t whole = 0;      // from a to b
  size_t beginning = 0;  // from a to the beginning of b that is nearest
};

EditDistance edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return {.whole = row.back(), .beginning = *std::min_element(row.begin(), row.end())};
}

constexpr size_t kFar = std::numeric_limits<size_t>::max();
constexpr size_t kMostNear = 4;    // offered
constexpr size_t kMostKnown = 12;  // listed
constexpr size_t kShortest = 4;    // a word of which the beginning says something

// Twice the edits, so that a beginning without any counts as half of one.
size_t cost_of(std::string_view name, std::string_view candidate) {
  const EditDistance distance = edit_distance(name, candidate);
  size_t cost = kFar;
  if (distance.whole <= std::max(name.size(), candidate.size()) / 3 + 1) {
    cost = 2 * distance.whole;
  }
  if (name.size() >= kShortest && distance.beginning <= name.size() / 5) {
    cost = std::min(cost, 2 * distance.beginning + 1);
  }
  return cost;
}

// The length of the character that begins the text; 0 where none does. Overlong forms, halves of a
// surrogate pair and what is beyond U+10FFFF are none.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const size_t length = first < 0x80                    ? 1
                        : first >= 0xC2 && first < 0xE0 ? 2
                        : first >= 0xE0 && first < 0xF0 ? 3
                        : first >= 0xF0 && first < 0xF5 ? 4
                                                        : 0;
  if (length > text.size()) {
    return 0;
  }
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  const bool is_other_form = (first == 0xE0 && byte(1) < 0xA0) ||
                             (first == 0xED && byte(1) > 0x9F) ||
                             (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
  return is_other_form ? 0 : length;
}

}  // namespace

std::vector<std::string> near_names(std::string_view name,
                                    std::span<const std::string> candidates) {
  std::vector<std::string> best;
  size_t best_cost = kFar;
  for (const std::string& candidate : candidates) {
    const size_t cost = cost_of(name, candidate);
    if (cost < best_cost) {
      best.clear();
      best_cost = cost;
    }
    if (cost != kFar && cost == best_cost && best.size() < kMostNear) {
      best.push_back(candidate);
    }
  }
  return best;
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string> near = near_names(name, candidates);
  return near.empty() ? "" : near.front();
}

std::string did_you_mean(std::span<const std::string> names) {
  std::string text = "did you mean '" + names.front() + "'";
  for (size_t i = 1; i < names.size(); ++i) {
    text += (i + 1 < names.size() ? ", '" : " or '") + names[i] + "'";
  }
  return text + "?";
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string> near = near_names(name, candidates);
  if (!near.empty()) {
    return did_you_mean(near);
  }
  if (candidates.size() <= kMostKnown) {
    return "known: " + join(candidates, ", ");
  }
  std::vector<std::string> least_far(candidates.begin(), candidates.end());
  std::stable_sort(least_far.begin(), least_far.end(), [&](const auto& a, const auto& b) {
    return edit_distance(name, a).beginning < edit_distance(name, b).beginning;
  });
  least_far.resize(kMostKnown);
  return "known: " + join(least_far, ", ") + " and " +
         std::to_string(candidates.size() - kMostKnown) + " more";
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) {
      text += separator;
    }
    text += part;
  }
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) {
      return parts;
    }
    begin = end + 1;
  }
}

std::string trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) {
    return "";
  }
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

size_t valid_utf8_bytes(std::string_view text) {
  size_t valid = 0;
  while (valid < text.size()) {
    const size_t length = character_length(text.substr(valid));
    if (length == 0) {
      break;
    }
    valid += length;
  }
  return valid;
}

std::string number_text(double value) {
  if (std::isnan(value)) {
    return "nan";  // the sign of a NaN says nothing
  }
  std::array<char, 64> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), result.ptr);
}

std::string fixed_text(double value, int digits) {
  std::array<char, 512> buffer;
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

}  // namespace dyt::core
