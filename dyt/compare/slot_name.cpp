// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/slot_name.h"

#include <array>
#include <cctype>

#include "dyt/core/text.h"

namespace dyt::compare {
namespace {

struct KindLabel {
  std::string_view kind;
  std::string_view label;
};

constexpr std::array<KindLabel, 22> kKindLabels = {{
    {"layer_norm", "LayerNorm"},
    {"rms_norm", "RMSNorm"},
    {"batch_norm", "BatchNorm"},
    {"group_norm_per_token", "GroupNorm per token"},
    {"none", "none"},
    {"dyt", "DyT"},
    {"derf", "Derf"},
    {"isru", "ISRU"},
    {"linear_clip", "LinearClip"},
    {"hardtanh", "LinearClip"},
    {"sigmoid", "Sigmoid"},
    {"arctan", "Arctan"},
    {"satursin", "SaturSin"},
    {"smoothsign", "SmoothSign"},
    {"relsign", "RelSign"},
    {"expsign", "ExpSign"},
    {"exproot", "ExpRoot"},
    {"cubsign", "CubSign"},
    {"saturlog", "SaturLog"},
    {"logsign_clip", "LogSignClip"},
    {"logquad_clip", "LogQuadClip"},
    {"power23_clip", "Power23Clip"},
}};

std::string_view kind_label(std::string_view kind) {
  for (const KindLabel& row : kKindLabels) {
    if (row.kind == kind) {
      return row.label;
    }
  }
  return kind;
}

void append_escaped(std::string& text, char character) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(character);
  text += '%';
  text += kHex[byte / 16];
  text += kHex[byte % 16];
}

bool is_plain(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '.' ||
         character == '_' || character == '-';
}

// One part of a slot's text; only the first '=' separates a key from its value.
std::string folder_part(std::string_view part, bool first_part) {
  std::string text;
  bool separated = first_part;
  for (const char character : part) {
    if (character == '=' && !separated) {
      separated = true;
      text += '-';
    } else if (is_plain(character) && !(character == '-' && !separated)) {
      text += character;
    } else {
      append_escaped(text, character);
    }
  }
  return text;
}

}  // namespace

std::string slot_label(std::string_view slot) {
  std::vector<std::string> parts = core::split(slot, ':');
  std::string label(kind_label(parts[0]));
  if (parts.size() > 1) {
    parts.erase(parts.begin());
    label += " (" + core::join(parts, ", ") + ")";
  }
  return label;
}

std::string slot_folder(std::string_view slot) {
  std::string name;
  bool first_part = true;
  for (const std::string& part : core::split(slot, ':')) {
    name += (first_part ? "" : "+") + folder_part(part, first_part);
    first_part = false;
  }
  return name;
}

bool is_none_slot(std::string_view slot) { return slot == "none" || slot.starts_with("none:"); }

}  // namespace dyt::compare
