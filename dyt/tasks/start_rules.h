// SPDX-License-Identifier: Apache-2.0
// Equal shapes are not equal networks: which settings of a run decide what its weights mean, so
// that a run that starts from them must have the same (docs/design.md, section 8).
//
//   check_same_meaning(config, pretraining, "runs/a");   // Error(kUsage) lists what differs
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dyt::tasks {

struct RunConfig;

enum class StartRule {
  kSame,      // must be equal; 0 means "the data's", which the tensors' shapes check
  kPresence,  // both zero or both not: whether there is a tensor; its value is in the weights
  kSlot,      // a norm slot: equal but for where alpha and shift start, and for impl
  kFree       // may differ
};

// Of a key of a run's configuration; nothing for one that has no row in the table. The check treats
// such a key as kSame, and a test fails until it has a row.
std::optional<StartRule> start_rule(std::string_view key);

// The encoder of `pretraining` against the one that `config` makes. A ViT is compared with a ViT, a
// masked autoencoder's encoder or a self-distillation's backbone, a ConvNeXt with a ConvNeXt.
// Error(kUsage) for another family, and where a setting differs: it lists every such key with both
// values. `run` is where the pre-training is, for the person.
void check_same_meaning(const RunConfig& config, const RunConfig& pretraining,
                        const std::string& run);

}  // namespace dyt::tasks
