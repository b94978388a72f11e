// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. The html ones use a true minus sign and "±"; n/a becomes an en dash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

inline constexpr const char* kNotAvailable = "–";

std::string percent_text(double fraction, int digits = 1);           // "98.6"
std::string thousands_text(int64_t value);                           // "209,738"
std::string mebibytes_text(int64_t bytes);                           // "312 MiB"
std::string short_number(double value);                              // 3 significant digits
std::string signed_text(double value, int digits = 1);               // "+0.4", "−1.2"
std::string interval_text(const std::optional<Interval>& interval);  // "[−0.9, +0.1]"
std::string duration_text(double seconds);                           // "42 s", "3 min 20 s"
std::string plural(int64_t count, std::string_view noun);            // "1 seed", "5 seeds"
std::string join_words(const std::vector<std::string>& words);       // "a, b and c"

// Keeps both ends of a text that has more than `limit` characters (code points): "dyt:alp…0=auto".
std::string shorten(std::string_view text, size_t limit);

// "backbone.blocks.3.norm1" is "3.norm1": what tells the slots of one network apart stays.
std::string short_layer_name(std::string name);
size_t character_count(std::string_view utf8);

}  // namespace dyt::report
