// SPDX-License-Identifier: Apache-2.0
// Keys that nothing in a run would read: who sets one believes that it does something.
#pragma once

namespace dyt::tasks {

struct RunConfig;

// Error(kUsage) for a key that is not at its default and has no effect beside the others (clip_each
// without clip_norm), or on the model's task (label smoothing without labels). It says what would
// give it one. For runs that are about to be made; those that are there are opened as they are.
void check_idle_keys(const RunConfig& config);

}  // namespace dyt::tasks
