// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/kpi.h"

#include <algorithm>
#include <cctype>

#include "dyt/compare/kpi_checks.h"
#include "dyt/compare/points_text.h"
#include "dyt/compare/verdict.h"
#include "dyt/core/text.h"

namespace dyt::compare {
namespace {

std::string factor_limit_text(double limit, const std::string& baseline) {
  if (limit == 1) {
    return "no more than " + baseline;
  }
  return (limit > 1 ? "at most " + change_text(limit) + " more than "
                    : "at least " + change_text(limit) + " less than ") +
         baseline;
}

std::string stability_limit_text(const KpiOptions& options, const KpiBaseline& baseline) {
  return (baseline.lr ? "at learning rate " + core::number_text(*baseline.lr) + ": " : "") +
         "at most " + points_text(options.stability) + " below " + baseline.label + "'s best";
}

std::vector<KpiCheck> all_checks(const KpiOptions& options, const KpiBaseline& baseline,
                                 const KpiSlot& slot) {
  std::vector<KpiCheck> checks;
  if (!slot.is_baseline) {
    checks.push_back(check_accuracy(options, baseline, slot));
  }
  checks.push_back(check_divergence(options, slot));
  if (options.stability > 0) {
    checks.push_back(check_stability(options, baseline, slot));
  }
  if (!slot.is_baseline && options.step_time > 0) {
    checks.push_back(check_step_time(options, baseline, slot));
  }
  if (!slot.is_baseline && options.memory > 0) {
    checks.push_back(check_memory(options, baseline, slot));
  }
  return checks;
}

// What the checks of a status say, as one text: their clauses, or only their names.
class Gather {
 public:
  Gather(const KpiOptions& options, const KpiBaseline& baseline,
         const std::vector<KpiCheck>& checks)
      : limits_(kpi_limits(options, baseline)), checks_(checks) {}

  std::string clauses(std::initializer_list<KpiStatus> statuses) const {
    return gather(statuses, "; ", [](const KpiCheck& check) { return check.clause; });
  }
  std::string names(std::initializer_list<KpiStatus> statuses) const {
    return gather(statuses, ", ", [&](const KpiCheck& check) { return name_of(check.check); });
  }
  bool any(KpiStatus status) const { return !names({status}).empty(); }

 private:
  template <class TextOf>
  std::string gather(std::initializer_list<KpiStatus> statuses, const std::string& separator,
                     const TextOf& text_of) const {
    std::vector<std::string> texts;
    for (const KpiCheck& check : checks_) {
      if (std::find(statuses.begin(), statuses.end(), check.status) != statuses.end()) {
        texts.push_back(text_of(check));
      }
    }
    return core::join(texts, separator);
  }

  std::string name_of(const std::string& check) const {
    const auto limit = std::find_if(limits_.begin(), limits_.end(),
                                    [&](const KpiLimit& one) { return one.check == check; });
    std::string name = limit->title;
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    return name;
  }

  std::vector<KpiLimit> limits_;
  const std::vector<KpiCheck>& checks_;
};

std::string sentence_part(const std::string& head, const std::string& names) {
  return names.empty() ? "" : " " + head + ": " + names + ".";
}

void decide_reference(const std::string& label, const Gather& checks, PilotDecision& pilot) {
  pilot.word = "reference";
  pilot.sentence = label + " is the reference that the others are measured against.";
  if (checks.any(KpiStatus::kMissed)) {
    pilot.sentence +=
        " It does not keep to the limits itself: " + checks.clauses({KpiStatus::kMissed}) + ".";
  }
}

void decide(const std::string& label, const Gather& checks, PilotDecision& pilot) {
  const std::string met = sentence_part("Met", checks.names({KpiStatus::kMet}));
  if (checks.any(KpiStatus::kMissed)) {
    pilot.word = "no_go";
    pilot.sentence = label + ": not recommended for a pilot on this evidence: " +
                     checks.clauses({KpiStatus::kMissed}) + "." +
                     sentence_part("Not sure", checks.names({KpiStatus::kNotSure})) +
                     sentence_part("Not measured", checks.names({KpiStatus::kNotMeasured})) + met;
  } else if (checks.any(KpiStatus::kNotSure) || checks.any(KpiStatus::kNotMeasured)) {
    pilot.word = "open";
    pilot.sentence = label + ": no decision on a pilot yet: " +
                     checks.clauses({KpiStatus::kNotSure, KpiStatus::kNotMeasured}) + "." + met;
  } else {
    pilot.word = "go";
    pilot.sentence = label + ": recommended for a pilot on this evidence: every limit is met (" +
                     checks.names({KpiStatus::kMet}) + ").";
  }
}

}  // namespace

std::string kpi_status_word(KpiStatus status) {
  switch (status) {
    case KpiStatus::kMet:
      return "met";
    case KpiStatus::kMissed:
      return "missed";
    case KpiStatus::kNotSure:
      return "not_sure";
    case KpiStatus::kNotMeasured:
      return "not_measured";
  }
  return "not_measured";
}

std::string KpiCheck::sentence() const {
  std::string text = clause + ".";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::vector<KpiLimit> kpi_limits(const KpiOptions& options, const KpiBaseline& baseline) {
  std::vector<KpiLimit> limits = {
      {"accuracy", "Accuracy",
       options.accuracy_loss == 0
           ? "no loss against " + baseline.label
           : "at most " + points_text(options.accuracy_loss) + " below " + baseline.label,
       options.accuracy_loss},
      {"divergence", "Completed runs",
       options.diverged == 0 ? "all" : "all but " + std::to_string(options.diverged),
       static_cast<double>(options.diverged)}};
  if (options.stability > 0) {
    limits.push_back(
        {"stability", "Stability", stability_limit_text(options, baseline), options.stability});
  }
  if (options.step_time > 0) {
    limits.push_back({"time_step", "Step time",
                      factor_limit_text(options.step_time, baseline.label), options.step_time});
  }
  if (options.memory > 0) {
    limits.push_back({"memory_peak", "Peak memory",
                      factor_limit_text(options.memory, baseline.label), options.memory});
  }
  return limits;
}

std::optional<int64_t> seeds_to_settle(double mean, double std, int64_t n, double limit) {
  for (int64_t count = n + 1; count <= kMostSeeds; ++count) {
    const Interval interval = t_interval(mean, std, count, 0.90);
    if (interval.low > -limit || interval.high < -limit) {
      return count;
    }
  }
  return std::nullopt;
}

PilotDecision judge_pilot(const KpiOptions& options, const KpiBaseline& baseline,
                          const KpiSlot& slot) {
  PilotDecision pilot{.checks = all_checks(options, baseline, slot)};
  const Gather checks(options, baseline, pilot.checks);
  if (slot.is_baseline) {
    decide_reference(slot.label, checks, pilot);
  } else {
    decide(slot.label, checks, pilot);
  }
  return pilot;
}

}  // namespace dyt::compare
