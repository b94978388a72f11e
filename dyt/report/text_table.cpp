// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/text_table.h"

#include <algorithm>

#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"

namespace dyt::report {
namespace {

constexpr size_t kColumns = 100;
constexpr size_t kShortestLabel = 8;

std::string padded(const std::string& text, size_t width, bool left) {
  const size_t have = character_count(text);
  const std::string space(width > have ? width - have : 0, ' ');
  return left ? text + space : space + text;
}

}  // namespace

std::string aligned(std::vector<std::vector<std::string>> rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], character_count(row[i]));
    }
  }
  size_t others = 0;
  for (size_t i = 1; i < widths.size(); ++i) {
    others += 2 + widths[i];
  }
  widths[0] = std::min(widths[0], std::max(kShortestLabel, kColumns - std::min(kColumns, others)));
  std::string text;
  for (auto& row : rows) {
    row[0] = shorten(row[0], widths[0]);
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += (i > 0 ? "  " : "") + padded(row[i], widths[i], i == 0);
    }
    text += line + "\n";
  }
  return text;
}

std::string wrapped(const std::string& paragraph, const std::string& indent) {
  std::string text;
  std::string line;
  for (const std::string& word : core::split(paragraph, ' ')) {
    if (!line.empty() && character_count(line) + 1 + character_count(word) > kColumns) {
      text += line + "\n";
      line = indent + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return text + line + "\n";
}

std::string printable(std::string text) {
  for (char& byte : text) {
    const bool control = (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') || byte == 0x7F;
    byte = control ? ' ' : byte;
  }
  return text;
}

}  // namespace dyt::report
