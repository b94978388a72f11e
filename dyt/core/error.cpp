// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/error.h"

#include <utility>

namespace dyt::core {
namespace {

void append_line(std::string& text, const char* label, const std::string& value) {
  if (!value.empty()) {
    text += "\n  ";
    text += label;
    text += value;
  }
}

std::string message_of(const ErrorParts& parts) {
  std::string text = parts.what;
  append_line(text, "where:    ", parts.where);
  append_line(text, "expected: ", parts.expected);
  append_line(text, "found:    ", parts.found);
  append_line(text, "to do:    ", parts.todo);
  return text;
}

}  // namespace

Error::Error(ErrorKind kind, ErrorParts parts)
    : std::runtime_error(message_of(parts)), kind_(kind), parts_(std::move(parts)) {}

}  // namespace dyt::core
