// SPDX-License-Identifier: Apache-2.0
// Small helpers for text: nearest name, joining, numbers that read back to the same value.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::core {

// The candidates nearest to `name`, at most four that are equally near, or none where none is near
// enough to be a likely slip. Near is a word of few edits (at most a third of the longer one plus
// one), and nearer still one that begins so: vit_bas is vit_base_patch16_224.
std::vector<std::string> near_names(std::string_view name, std::span<const std::string> candidates);

// The first of them; "" where there is none.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

// "did you mean 'x' or 'y'?"; `names` is not empty.
std::string did_you_mean(std::span<const std::string> names);

// did_you_mean() or, without a near candidate, "known: a, b, c"; of many candidates the least far
// ones.
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
