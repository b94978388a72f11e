// SPDX-License-Identifier: Apache-2.0
// The first screen: what was compared, the verdicts, how sure they are, what they mean.
#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/decision_sheet.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"

namespace dyt::report {
namespace {

// A sentence of the report's own where compare.json has none.
std::string sentence_of(const Slot& slot, const Slot& baseline) {
  if (slot.versus && !slot.versus->sentence.empty()) {
    return slot.versus->sentence;
  }
  return slot.label + ": no comparison with " + baseline.label + ".";
}

std::string verdict_of(const Slot& slot) {
  const std::string verdict = slot.versus ? slot.versus->verdict : "";
  return verdict.empty() ? "none" : verdict;
}

std::string verdicts_html(const CompareData& data) {
  std::string items;
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const std::string verdict = verdict_of(data.slots[i]);
    const bool known =
        verdict == "matches" || verdict == "better" || verdict == "worse" || verdict == "undecided";
    items += element("li." + (known ? verdict : "none"),
                     "<span class=\"word\">" + (known ? verdict : std::string("no verdict")) +
                         "</span>" + escape_html(sentence_of(data.slots[i], data.baseline())));
  }
  return items.empty() ? element("p", "Only one slot was run: there is nothing to compare it with.")
                       : element("ul.verdicts", items);
}

int64_t most_epochs(const CompareData& data) {
  double most = 0;
  for (const Slot& slot : data.slots) {
    for (const SeedRun& run : slot.seeds) {
      most = run.curve.empty() ? most : std::max(most, run.curve.back().epoch);
    }
  }
  return static_cast<int64_t>(most);
}

std::string what_was_compared(const CompareData& data) {
  std::vector<std::string> labels;
  for (const Slot& slot : data.slots) {
    labels.push_back("<strong>" + escape_html(slot.label) + "</strong>");
  }
  labels.front() += " (baseline)";
  std::string text =
      "Same model, data, recipe, seeds and batch order; only the norm slot differs: " +
      join_words(labels) + ". " +
      plural(static_cast<int64_t>(data.baseline().seeds.size()), "seed") + " each";
  if (most_epochs(data) > 0) {
    text += ", " + plural(most_epochs(data), "epoch");
  }
  if (data.train_images && data.test_images) {
    text += ", " + thousands_text(*data.train_images) + " training and " +
            thousands_text(*data.test_images) +
            (data.counts_test_images() ? " test images" : " judged samples");
  }
  if (!data.counts_test_images()) {
    text +=
        ". Accuracy here is of something else than a classifier: " + escape_html(data.accuracy_of);
  }
  return element("p.lead", text + ".");
}

// For a reader who does not know the paper: the claim, and what each kind of slot computes.
std::string the_question(const CompareData& data) {
  std::vector<std::string> kinds;
  std::string formulas;
  bool has_dyt = false;
  for (const Slot& slot : data.slots) {
    has_dyt = has_dyt || slot.kind == "dyt";
    if (slot.summary.empty() || std::find(kinds.begin(), kinds.end(), slot.kind) != kinds.end()) {
      continue;
    }
    kinds.push_back(slot.kind);
    formulas += std::string(formulas.empty() ? "" : "; ") + "<em>" + escape_html(slot.kind) +
                "</em>: " + escape_html(slot.summary);
  }
  std::string text;
  if (has_dyt) {
    text =
        "The claim under test (“Transformers without Normalization”, CVPR 2025): a Transformer "
        "trains as well when every norm gives way to Dynamic Tanh, DyT, which looks at each "
        "element alone. ";
  }
  return text.empty() && formulas.empty() ? ""
                                          : element("p.lead", text + "Slots: " + formulas + ".");
}

std::string intervals_table(const CompareData& data) {
  Table table{.head = {"Slot minus baseline", "Difference, points", "95 % over seeds",
                       "95 % over test images", "Pairs"},
              .cards = true};
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const Slot& slot = data.slots[i];
    const Versus versus = slot.versus.value_or(Versus{});
    table.rows.push_back({escape_html(slot.label),
                          versus.mean ? signed_text(*versus.mean, 2) : kNotAvailable,
                          interval_text(versus.interval95), interval_text(versus.image_interval95),
                          std::to_string(versus.n)});
  }
  return table.rows.empty() ? "" : table_html(table);
}

// The short form, under the verdicts.
std::string sure_line(const CompareData& data) {
  if (data.slots.size() < 2) {
    return "";
  }
  const auto seeds = static_cast<int64_t>(data.baseline().seeds.size());
  std::string text = "<strong>How sure?</strong> " + plural(seeds, "seed") + ". ";
  if (seeds < 2) {
    return element("p", text +
                            "Without a second one the spread is unknown: read the differences as "
                            "single observations (<code>seeds=5</code> gives verdicts).");
  }
  text +=
      "The interval in a verdict covers the luck of the seed only, not the choice of test images";
  if (data.image_weight_points) {
    text += ", of which one weighs " + short_number(*data.image_weight_points) + " points";
  }
  return element("p", text + ". Both intervals stand in the table below.");
}

std::string how_sure(const CompareData& data) {
  if (data.slots.size() < 2) {
    return "";
  }
  std::string text =
      "Each verdict rests on paired differences on the last epoch: slot minus baseline with the "
      "same "
      "seed. The interval over seeds (Student’s t) covers what the seed decides: initial weights, "
      "batch order, augmentation. The interval over test images (bootstrap, correctness averaged "
      "over "
      "seeds) covers which images happen to be in the test set.";
  if (data.margin_points) {
    const std::string margin = core::number_text(*data.margin_points);
    text += " <em>Matches</em> means that the 90 % interval lies inside ±" + margin +
            (*data.margin_points == 1 ? " point" : " points") +
            "; <em>better</em> and <em>worse</em> that the 95 % interval excludes zero.";
  }
  return element("h3", "How sure, in detail") + element("p", text) + intervals_table(data);
}

std::string warnings_html(const CompareData& data) {
  std::vector<std::string> items;
  for (const std::string& warning : data.warnings) {
    items.push_back(escape_html(warning));
  }
  return items.empty() ? ""
                       : element("div.warning",
                                 "<strong>Before you rely on this</strong>" + list_html(items));
}

// The labels of the slots with this verdict, for a sentence; "" where there are none.
std::string labels_with(const CompareData& data, const std::string& verdict, bool with_none) {
  std::vector<std::string> labels;
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const Slot& slot = data.slots[i];
    if (verdict_of(slot) == verdict && (with_none || !is_none_slot(slot.slot))) {
      labels.push_back(escape_html(slot.label));
    }
  }
  return join_words(labels);
}

std::string bold(const std::string& text) { return "<strong>" + text + "</strong>"; }

void add_undecided_line(const CompareData& data, std::vector<std::string>& lines) {
  std::vector<std::string> parts;
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const Slot& slot = data.slots[i];
    if (verdict_of(slot) == "undecided") {
      const std::string seeds = escape_html(slot.versus->seeds_to_decide);
      parts.push_back(bold(escape_html(slot.label)) +
                      (seeds.empty() ? "" : " (" + seeds + " would)"));
    }
  }
  if (!parts.empty()) {
    lines.push_back(
        "These seeds do not decide about " + join_words(parts) +
        ": give more with <code>seeds=</code>. The number holds if mean and spread stay "
        "as they are.");
  }
}

void add_accuracy_lines(const CompareData& data, std::vector<std::string>& lines) {
  const std::string base = escape_html(data.baseline().label);
  if (const std::string labels = labels_with(data, "worse", true); !labels.empty()) {
    lines.push_back(bold(labels) + " lost to " + base + " here.");
  }
  if (const std::string labels = labels_with(data, "better", true); !labels.empty()) {
    lines.push_back(bold(labels) + " beat " + base + " here.");
  }
  if (const std::string labels = labels_with(data, "matches", false); !labels.empty()) {
    lines.push_back(bold(labels) + ": as far as accuracy goes, a stand-in for " + base +
                    " in this model, on these data, with this recipe.");
  }
  add_undecided_line(data, lines);
}

// Behind "trained too": nothing settled is not nothing lost, so a mean beyond the margin claims
// nothing.
std::string what_none_says(const Slot& none, double margin_points) {
  if (none.versus->verdict == "worse") {
    return ": at this size and learning rate a norm is a help, not a need.";
  }
  const bool undecided = none.versus->verdict == "undecided";
  if (undecided && none.versus->mean && *none.versus->mean < -margin_points) {
    return ": whether a norm is a help here, these seeds do not settle.";
  }
  return std::string(undecided ? ", not measurably worse" : "") +
         ": at this size and learning rate nothing here needs a norm, so these accuracies cannot "
         "show "
         "what a norm, or its replacement, is good for.";
}

// What the network without any norm says: where it keeps up, nothing has been shown about a
// substitute for norms; where it lost but trained, by how little is the point.
void add_none_line(const CompareData& data, std::vector<std::string>& lines) {
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const Slot& slot = data.slots[i];
    const std::string verdict = verdict_of(slot);
    if (!is_none_slot(slot.slot) || slot.diverged > 0 || !slot.accuracy_mean || verdict == "none") {
      continue;
    }
    std::string line = "<strong>The network without any norm trained too</strong>, to " +
                       percent_text(*slot.accuracy_mean) + " %";
    line += what_none_says(slot, data.margin_points.value_or(0));
    if (data.strip) {
      line +=
          " What norms buy shows in the stability strip below: how much learning rate each slot "
          "stands.";
    }
    lines.push_back(line);
  }
}

void add_cost_line(const CompareData& data, std::vector<std::string>& lines) {
  const CostSlot* base = find_cost(data, data.baseline().slot);
  if (base == nullptr || !base->step_ms || *base->step_ms <= 0) {
    return;
  }
  std::vector<std::pair<double, std::string>> changes;
  for (size_t i = 1; i < data.slots.size(); ++i) {
    const CostSlot* cost = find_cost(data, data.slots[i].slot);
    if (cost != nullptr && cost->step_ms) {
      const double percent = 100 * (*cost->step_ms / *base->step_ms - 1);
      changes.emplace_back(percent, escape_html(data.slots[i].label) + " <span class=\"nowrap\">" +
                                        signed_text(percent, 0) + " %</span>");
    }
  }
  std::sort(changes.begin(), changes.end());
  if (changes.size() > 4) {
    changes = {changes.front(), changes.back()};  // the table has them all
  }
  std::vector<std::string> parts;
  for (const auto& [percent, text] : changes) {
    parts.push_back(text);
  }
  if (!parts.empty()) {
    lines.push_back("Time of a training step on this machine, against " +
                    escape_html(data.baseline().label) + ": " + join_words(parts) + ".");
  }
}

}  // namespace

std::vector<std::string> meaning_lines(const CompareData& data) {
  std::vector<std::string> lines;
  add_accuracy_lines(data, lines);
  add_none_line(data, lines);
  add_cost_line(data, lines);
  if (data.slots.size() > 1) {
    lines.push_back(
        "All this holds for one model, one data set and one recipe. Another size, "
        "task or recipe needs a comparison of its own.");
  }
  return lines;
}

std::string summary_section(const CompareData& data) {
  const std::string name = !data.title.empty() ? data.title : data.data_name;
  const std::vector<std::string> meaning = meaning_lines(data);
  return element("h1", "Norm slots compared" + (name.empty() ? "" : ": " + escape_html(name))) +
         what_was_compared(data) + the_question(data) + verdicts_html(data) + pilot_line(data) +
         sure_line(data) +
         (meaning.empty() ? "" : element("h3", "What it means") + list_html(meaning)) +
         warnings_html(data) + how_sure(data);
}

}  // namespace dyt::report
