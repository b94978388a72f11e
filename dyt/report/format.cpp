// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/format.h"

#include <cmath>

#include "dyt/core/text.h"

namespace dyt::report {
namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Byte position of the code point with this index.
size_t byte_of(std::string_view utf8, size_t character) {
  size_t seen = 0;
  for (size_t i = 0; i < utf8.size(); ++i) {
    if (!continues_character(utf8[i]) && seen++ == character) {
      return i;
    }
  }
  return utf8.size();
}

}  // namespace

std::string percent_text(double fraction, int digits) {
  return core::fixed_text(100 * fraction, digits);
}

std::string thousands_text(int64_t value) {
  const std::string digits = std::to_string(value);
  const size_t first = value < 0 ? 1 : 0;
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) {
      text += ',';
    }
    text += digits[i];
  }
  return text;
}

std::string mebibytes_text(int64_t bytes) {
  return thousands_text(std::llround(static_cast<double>(bytes) / (1024.0 * 1024.0))) + " MiB";
}

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size == 0 || !std::isfinite(value)) {
    return core::number_text(value);
  }
  const int whole_digits = static_cast<int>(std::floor(std::log10(size))) + 1;
  return core::fixed_text(value, std::max(0, 3 - std::max(whole_digits, 1)));
}

std::string signed_text(double value, int digits) {
  const std::string text = core::fixed_text(std::abs(value), digits);
  if (text.find_first_not_of("0.") == std::string::npos) {
    return text;  // rounds to zero: no sign
  }
  return (value < 0 ? "−" : "+") + text;
}

std::string interval_text(const std::optional<Interval>& interval) {
  if (!interval) {
    return kNotAvailable;
  }
  return "[" + signed_text(interval->low) + ", " + signed_text(interval->high) + "]";
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) {
    return short_number(seconds) + " s";
  }
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string plural(int64_t count, std::string_view noun) {
  return thousands_text(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) {
      text += i + 1 == words.size() ? " and " : ", ";
    }
    text += words[i];
  }
  return text;
}

size_t character_count(std::string_view utf8) {
  size_t count = 0;
  for (const char byte : utf8) {
    count += continues_character(byte) ? 0 : 1;
  }
  return count;
}

std::string shorten(std::string_view text, size_t limit) {
  const size_t count = character_count(text);
  if (count <= limit) {
    return std::string(text);
  }
  const size_t front = limit / 2;
  const size_t back = limit - front - 1;
  std::string result(text.substr(0, byte_of(text, front)));
  result.append("…").append(text.substr(byte_of(text, count - back)));
  return result;
}

std::string short_layer_name(std::string name) {
  constexpr std::pair<std::string_view, std::string_view> kShorter[] = {{"backbone.", ""},
                                                                        {"decoder_blocks.", "dec."},
                                                                        {"stages.", ""},
                                                                        {"downsample.", "down."},
                                                                        {"blocks.", ""}};
  for (const auto& [part, shorter] : kShorter) {
    if (const size_t at = name.find(part); at != std::string::npos) {
      name.replace(at, part.size(), shorter);
    }
  }
  return name;
}

}  // namespace dyt::report
