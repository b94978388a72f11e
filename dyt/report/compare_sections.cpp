// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/compare_sections.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"
#include "dyt/report/internal/curves.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

std::string named_slot(const CompareData& data, const std::string& slot) {
  for (size_t i = 0; i < data.slots.size(); ++i) {
    if (data.slots[i].slot == slot) {
      return "<span class=\"slot\">" + swatch_svg(slot_style(i)) + "<span>" +
             escape_html(data.slots[i].label) + "</span></span>";
    }
  }
  return escape_html(slot);
}

std::string mean_and_spread(std::optional<double> mean, std::optional<double> std, int digits) {
  if (!mean) {
    return kNotAvailable;
  }
  return core::fixed_text(*mean, digits) + (std ? " ± " + core::fixed_text(*std, digits) : "");
}

std::optional<double> in_percent(std::optional<double> fraction) {
  return fraction ? std::optional(100 * *fraction) : std::nullopt;
}

std::string maybe_ms(std::optional<double> milliseconds) {
  if (!milliseconds) {
    return kNotAvailable;
  }
  const std::string size = short_number(std::abs(*milliseconds));
  return *milliseconds < 0 ? std::string("−").append(size) : size;
}

// The cost worker's high-water mark; where no cost was measured, the largest of the training runs.
std::optional<int64_t> peak_memory(const CompareData& data, const Slot& slot) {
  if (const CostSlot* cost = find_cost(data, slot.slot); cost && cost->memory_peak_bytes) {
    return cost->memory_peak_bytes;
  }
  std::optional<int64_t> most;
  for (const SeedRun& run : slot.seeds) {
    if (run.memory_peak_bytes) {
      most = std::max(most.value_or(0), *run.memory_peak_bytes);
    }
  }
  return most;
}

bool has_share(const CompareData& data) {
  return data.cost && std::any_of(data.cost->slots.begin(), data.cost->slots.end(),
                                  [](const CostSlot& slot) { return slot.share_ms.has_value(); });
}

Table results_table(const CompareData& data) {
  Table table{.head = {"Slot", "Accuracy, last epoch, %", "Best*, %", "Test loss", "Parameters"},
              .cards = true};
  if (data.cost) {
    table.head.push_back("Step, ms");
  }
  if (has_share(data)) {
    table.head.push_back("Slot’s share, ms");
  }
  table.head.insert(table.head.end(), {"Peak memory", "Diverged"});
  for (const Slot& slot : data.slots) {
    const CostSlot* cost = find_cost(data, slot.slot);
    std::vector<std::string> row = {
        named_slot(data, slot.slot),
        mean_and_spread(in_percent(slot.accuracy_mean), in_percent(slot.accuracy_std), 2),
        mean_and_spread(in_percent(slot.best_mean), std::nullopt, 2),
        mean_and_spread(slot.loss_mean, slot.loss_std, 3),
        slot.parameters ? thousands_text(*slot.parameters) : kNotAvailable};
    if (data.cost) {
      row.push_back(maybe_ms(cost ? cost->step_ms : std::nullopt));
    }
    if (has_share(data)) {
      row.push_back(maybe_ms(cost ? cost->share_ms : std::nullopt));
    }
    const auto memory = peak_memory(data, slot);
    row.push_back(memory ? mebibytes_text(*memory) : kNotAvailable);
    row.push_back(std::to_string(slot.diverged) + " of " + std::to_string(slot.seeds.size()));
    table.rows.push_back(row);
  }
  return table;
}

std::string results_notes(const CompareData& data) {
  std::string text =
      "Mean ± standard deviation (n − 1) over the seeds that finished. * <em>Best</em> is each "
      "run’s "
      "best epoch, picked on the test images: it flatters every slot and decides nothing here.";
  if (data.cost) {
    text += " Step: median time of one training step";
    if (data.cost->threads && data.cost->batch) {
      text += ", batch " + std::to_string(*data.cost->batch) + ", " +
              plural(*data.cost->threads, "thread");
    }
    text += ", the slots measured in turns";
    if (data.cost->rounds && data.cost->steps_per_round) {
      text += ", " + plural(*data.cost->rounds, "round") + " of " +
              plural(*data.cost->steps_per_round, "step");
    }
    text +=
        "; slots that compute the same (DyT with another alpha0) differ by the machine’s noise.";
  } else {
    text += " The time of a step was not measured.";
  }
  if (has_share(data)) {
    text += " The slot’s share is its step minus that of the network without norms.";
  }
  return element("p", text + " Peak memory is the process’s own high-water mark.");
}

std::string seed_cell(const SeedRun& run) {
  if (run.diverged) {
    return "diverged" + (run.step ? ", step " + std::to_string(*run.step) : std::string()) +
           (run.nonfinite.empty() ? "" : "<br><small>" + escape_html(run.nonfinite) + "</small>");
  }
  if (!run.test_accuracy) {
    return kNotAvailable;
  }
  std::string best;
  if (run.best_accuracy && run.best_epoch) {
    best = " <small>best " + percent_text(*run.best_accuracy, 2) + " @" +
           std::to_string(*run.best_epoch) + "</small>";
  }
  return percent_text(*run.test_accuracy, 2) + best;
}

std::string seeds_table(const CompareData& data) {
  Table table{.head = {"Slot"}, .cards = true};
  size_t most = 0;
  for (const Slot& slot : data.slots) {
    most = std::max(most, slot.seeds.size());
    std::vector<std::string> row = {named_slot(data, slot.slot)};
    for (const SeedRun& run : slot.seeds) {
      row.push_back(seed_cell(run));
    }
    table.rows.push_back(row);
  }
  const auto longest = std::max_element(
      data.slots.begin(), data.slots.end(),
      [](const Slot& a, const Slot& b) { return a.seeds.size() < b.seeds.size(); });
  for (const SeedRun& run : longest->seeds) {
    table.head.push_back("Seed " + std::to_string(run.seed));
  }
  return most == 0
             ? ""
             : details_html("Accuracy of every seed (last epoch; best @ epoch)", table_html(table));
}

std::string heat_cell(const StripCell& cell) {
  if (cell.diverged) {
    return "<td class=\"diverged\"><span>diverged" +
           (cell.step ? "<small>step " + std::to_string(*cell.step) + "</small>" : std::string()) +
           "</span></td>";
  }
  if (!cell.test_accuracy) {
    return std::string("<td>") + kNotAvailable + "</td>";
  }
  // White to blue; text turns white where the ground is dark.
  const double share = std::clamp(*cell.test_accuracy, 0.0, 1.0);
  const auto mix = [&](double full) {
    return std::to_string(std::lround(245 + (full - 245) * share * share));
  };
  return "<td style=\"background:rgb(" + mix(8) + "," + mix(88) + "," + mix(150) +
         ");color:" + (share > 0.68 ? "#fff" : "#000") + "\">" + percent_text(*cell.test_accuracy) +
         "</td>";
}

std::string heat_table(const CompareData& data, const Strip& strip) {
  std::string head = "<th scope=\"col\">Slot</th>";
  for (const double lr : strip.lrs) {
    head += "<th scope=\"col\">" + core::number_text(lr) + "</th>";
  }
  std::string rows;
  for (const StripSlot& slot : strip.slots) {
    std::string cells = "<th scope=\"row\">" + escape_html(label_of(data, slot.slot)) + "</th>";
    for (const double lr : strip.lrs) {
      const auto cell = std::find_if(slot.cells.begin(), slot.cells.end(),
                                     [&](const StripCell& one) { return one.lr == lr; });
      cells += cell == slot.cells.end() ? std::string("<td>") + kNotAvailable + "</td>"
                                        : heat_cell(*cell);
    }
    rows += element("tr", cells);
  }
  return "<div class=\"scroll\"><table class=\"heat\"><thead><tr>" + head +
         "</tr></thead>\n<tbody>" + rows + "</tbody></table></div>\n";
}

// "LayerNorm: 93.1 at best (lr 0.001), 66.0 at worst (lr 0.03)".
std::string strip_line(const CompareData& data, const StripSlot& slot) {
  const StripCell* best = nullptr;
  const StripCell* worst = nullptr;
  std::vector<std::string> diverged;
  for (const StripCell& cell : slot.cells) {
    if (cell.diverged) {
      diverged.push_back(core::number_text(cell.lr));
    } else if (cell.test_accuracy) {
      best = best == nullptr || cell.test_accuracy > best->test_accuracy ? &cell : best;
      worst = worst == nullptr || cell.test_accuracy < worst->test_accuracy ? &cell : worst;
    }
  }
  std::string text = "<strong>" + escape_html(label_of(data, slot.slot)) + "</strong>: ";
  if (best == nullptr) {
    return text + "no run finished";
  }
  text += percent_text(*best->test_accuracy, 0) + " % at " + core::number_text(best->lr);
  if (worst != best) {
    text += ", down to " + percent_text(*worst->test_accuracy, 0) + " % at " +
            core::number_text(worst->lr);
  }
  return text + (diverged.empty() ? "" : ", diverged at " + join_words(diverged));
}

// A row a measure, a column a slot.
std::string measures_table(const CompareData& data) {
  if (data.slots.empty() || data.slots.front().measures.empty()) {
    return "";
  }
  Table table{.head = {"Measured besides"}};
  for (const Slot& slot : data.slots) {
    table.head.push_back(named_slot(data, slot.slot));
  }
  for (size_t i = 0; i < data.slots.front().measures.size(); ++i) {
    const std::string& title = data.slots.front().measures[i].title;
    std::vector<std::string> row = {escape_html(title)};
    for (const Slot& slot : data.slots) {
      const auto same = [&](const SlotMeasure& measure) { return measure.title == title; };
      const auto found = std::find_if(slot.measures.begin(), slot.measures.end(), same);
      row.push_back(found == slot.measures.end() ? kNotAvailable
                                                 : mean_and_spread(found->mean, found->std, 4));
    }
    table.rows.push_back(row);
  }
  return table_html(table);
}

}  // namespace

std::string results_section(const CompareData& data) {
  const std::string difference = data.slots.size() > 1 ? difference_figure(data) : "";
  return element("h2", "Results") + table_html(results_table(data)) + results_notes(data) +
         measures_table(data) + figures_html({accuracy_figure(data), difference}) +
         seeds_table(data);
}

std::string curves_section(const CompareData& data) {
  const std::string accuracy =
      accuracy_curves(data.slots, data.image_weight_points,
                      data.counts_test_images() ? "Test accuracy (%)" : "Accuracy (%)");
  const std::string loss = train_loss_curves(data.slots);
  std::string html = element("h2", "Training curves");
  if (accuracy.empty() && loss.empty()) {
    html += element("p", "No run reached the end of an epoch.");
  } else {
    html += element("p",
                    "Thin: every seed. Thick, with marks: the mean over the seeds that "
                    "finished. A cross: the run diverged after this epoch.") +
            legend_html(data.slots) + figures_html({accuracy, loss});
  }
  std::vector<std::string> alphas;
  for (size_t i = 0; i < data.slots.size(); ++i) {
    if (std::string figure = alpha_figure(data.slots[i], i); !figure.empty()) {
      alphas.push_back(std::move(figure));
    }
  }
  if (!alphas.empty()) {
    html += element("h3", "alpha of each layer over training") + alpha_figures_html(alphas);
  }
  return html;
}

std::string strip_section(const CompareData& data) {
  if (!data.strip || data.strip->slots.empty()) {
    return "";
  }
  const Strip& strip = *data.strip;
  std::string setting;
  if (strip.epochs) {
    setting = ", " + plural(*strip.epochs, "epoch");
  }
  if (strip.seed) {
    setting += ", one seed (" + std::to_string(*strip.seed) + ")";
  }
  std::vector<std::string> lines;
  for (const StripSlot& slot : strip.slots) {
    lines.push_back(strip_line(data, slot));
  }
  return element("h2", "Stability strip: how much learning rate each slot stands") +
         element("p",
                 std::string(data.counts_test_images() ? "Test accuracy" : "Accuracy") +
                     " (%) by learning rate" + setting +
                     ": the paper’s Figure 10 in small. What a norm buys is tolerance: a row "
                     "that stays dark to the right can be trained faster and tuned less. Where "
                     "DyT is compared, its start value alpha0 trades speed against this "
                     "tolerance.") +
         heat_table(data, strip) + list_html(lines) +
         element("p", "One seed and a short run: read the pattern, not single numbers.");
}

std::string repeat_section(const std::string& command, const std::string& config_toml,
                           const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string html = element("h2", "To repeat it");
  if (!command.empty()) {
    html += element("pre", escape_html(command));
  }
  html += facts_html(facts);
  if (!config_toml.empty()) {
    html += details_html("Configuration, all keys", element("pre", escape_html(config_toml)));
  }
  return html;
}

}  // namespace dyt::report
