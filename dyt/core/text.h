// Small helpers for text: nearest name, joining, numbers that read back to the same value.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::core {

// The candidate with the least edit distance to `name`, or "" when none is near enough to be a
// likely slip (more than a third of the longer word plus one edit away).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// "did you mean 'x'?" or, without a near candidate, "known: a, b, c".
std::string suggestion(std::string_view name, std::span<const std::string> candidates);

std::string join(std::span<const std::string> parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);
std::string trim(std::string_view text);

// How many bytes at the beginning are whole characters of UTF-8; all of them where the text is
// valid.
size_t valid_utf8_bytes(std::string_view text);

// Shortest decimal text that reads back to the same double ("0.003", "1e-08").
std::string number_text(double value);

// A fixed number of digits after the point, for people ("97.22").
std::string fixed_text(double value, int digits);

}  // namespace dyt::core
