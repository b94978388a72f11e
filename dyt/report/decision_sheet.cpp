// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/decision_sheet.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"

namespace dyt::report {
namespace {

// How a status or a decision is shown. The mark and the word tell them apart without colour.
struct Shown {
  const char* key;
  const char* word;
  const char* mark;
  const char* css;
};

constexpr std::array<Shown, 4> kStatuses = {{{"met", "met", "✓", "met"},
                                             {"missed", "not met", "✗", "missed"},
                                             {"not_sure", "not sure", "?", "unsure"},
                                             {"not_measured", "not measured", "–", "unmeasured"}}};
constexpr std::array<Shown, 4> kDecisions = {{{"go", "yes", "", "go"},
                                              {"no_go", "no", "", "nogo"},
                                              {"open", "open", "", "open"},
                                              {"reference", "reference", "", "reference"}}};

const Shown* find_shown(const std::array<Shown, 4>& table, const std::string& key) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Shown& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

const KpiCheck* find_check(const KpiSlot& slot, const std::string& name) {
  const auto found = std::find_if(slot.checks.begin(), slot.checks.end(),
                                  [&](const KpiCheck& check) { return check.check == name; });
  return found == slot.checks.end() ? nullptr : &*found;
}

// A hyphen before a digit at the start of a word is a minus.
std::string with_minus(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool minus = text[i] == '-' && (i == 0 || text[i - 1] == ' ') && i + 1 < text.size() &&
                       std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0;
    result += minus ? std::string("−") : std::string(1, text[i]);
  }
  return result;
}

std::string cell_html(const KpiCheck* check) {
  const Shown* shown = check == nullptr ? nullptr : find_shown(kStatuses, check->status);
  if (shown == nullptr) {
    return kNotAvailable;
  }
  std::string html = std::string("<strong class=\"") + shown->css +
                     "\"><span aria-hidden=\"true\">" + shown->mark + "</span> " + shown->word +
                     "</strong>";
  for (const std::string& text : {check->measured_text, check->interval_text}) {
    if (!text.empty()) {
      html += "<small>" + escape_html(with_minus(text)) + "</small>";
    }
  }
  return html;
}

std::string sheet_table(const CompareData& data) {
  Table table{.head = {"Slot"}, .cards = true};
  for (const KpiLimit& limit : data.kpi->limits) {
    table.head.push_back(escape_html(limit.title) + "<span class=\"sep\">: </span><small>" +
                         escape_html(limit.text) + "</small>");
  }
  for (const KpiSlot& slot : data.kpi->slots) {
    std::vector<std::string> row = {escape_html(label_of(data, slot.slot))};
    for (const KpiLimit& limit : data.kpi->limits) {
      row.push_back(cell_html(find_check(slot, limit.check)));
    }
    table.rows.push_back(row);
  }
  return "<div class=\"kpi\">" + table_html(table) + "</div>\n";
}

std::string decisions_html(const CompareData& data) {
  std::string items;
  for (const KpiSlot& slot : data.kpi->slots) {
    const Shown* shown = find_shown(kDecisions, slot.decision);
    if (shown != nullptr && slot.decision != "reference") {
      items += element(std::string("li.") + shown->css, "<span class=\"word\">" +
                                                            std::string(shown->word) + "</span>" +
                                                            escape_html(slot.sentence));
    }
  }
  for (const KpiSlot& slot : data.kpi->slots) {
    if (slot.decision == "reference") {
      items += element("li.reference", escape_html(slot.sentence));
    }
  }
  return items.empty() ? "" : element("ul.verdicts", items);
}

std::string lower_first(std::string text) {
  if (!text.empty()) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

// The checks that made the decision, in short.
std::string reasons_text(const KpiSheet& sheet, const KpiSlot& slot) {
  std::vector<std::string> reasons;
  for (const KpiLimit& limit : sheet.limits) {
    const KpiCheck* check = find_check(slot, limit.check);
    if (check == nullptr || check->status == "met" ||
        (slot.decision == "no_go" && check->status != "missed")) {
      continue;
    }
    std::string reason = lower_first(limit.title);
    if (check->status == "not_measured") {
      reason += " not measured";
    } else {
      reason += (check->status == "not_sure" ? " not sure: " : " ") + check->measured_text + " (" +
                limit.text + ")";
    }
    reasons.push_back(reason);
  }
  return reasons.empty() ? "every limit is met" : core::join(reasons, "; ");
}

}  // namespace

std::string decision_sheet_section(const CompareData& data) {
  if (!data.kpi || data.kpi->slots.empty()) {
    return "";
  }
  return "<h2 id=\"decision-sheet\">Decision sheet for a pilot</h2>\n" +
         element("p", "Which slot may stand in for " + escape_html(data.baseline().label) +
                          " in a pilot, by the limits that were set for this comparison "
                          "(<code>kpi.*</code>; other limits need no new training).") +
         decisions_html(data) + sheet_table(data) +
         element("p",
                 "<em>Met</em> and <em>not met</em> are said only where the measurement settles "
                 "it; <em>not sure</em>: it was measured, but too near the limit for so few runs "
                 "or test images. <strong>What this sheet cannot say:</strong> it holds for this "
                 "model, these data and this recipe, its time and memory for training on this "
                 "machine; a larger model, other data, another device or inference need a "
                 "measurement of their own.");
}

std::string pilot_line(const CompareData& data) {
  if (!data.kpi) {
    return "";
  }
  std::vector<std::string> parts;
  for (const Shown& decision : kDecisions) {
    std::vector<std::string> labels;
    for (const KpiSlot& slot : data.kpi->slots) {
      if (slot.decision == decision.key && slot.decision != "reference") {
        labels.push_back(escape_html(label_of(data, slot.slot)));
      }
    }
    if (!labels.empty()) {
      parts.push_back("<strong>" + std::string(decision.word) + "</strong> for " +
                      join_words(labels));
    }
  }
  return parts.empty() ? ""
                       : element("p", "<strong>Ready for a pilot?</strong> By the limits set: " +
                                          core::join(parts, "; ") +
                                          " (<a href=\"#decision-sheet\">decision sheet</a>).");
}

std::vector<std::string> pilot_texts(const CompareData& data) {
  std::vector<std::string> texts;
  if (!data.kpi) {
    return texts;
  }
  for (const KpiSlot& slot : data.kpi->slots) {
    const Shown* shown = find_shown(kDecisions, slot.decision);
    if (shown != nullptr && slot.decision != "reference") {
      texts.push_back("pilot: " + label_of(data, slot.slot) + ": " + shown->word + " - " +
                      reasons_text(*data.kpi, slot));
    }
  }
  return texts;
}

}  // namespace dyt::report
