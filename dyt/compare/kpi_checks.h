// SPDX-License-Identifier: Apache-2.0
// The single checks behind judge_pilot(), one a limit.
#pragma once

#include "dyt/compare/kpi.h"

namespace dyt::compare {

KpiCheck check_accuracy(const KpiOptions& options, const KpiBaseline& baseline,
                        const KpiSlot& slot);
KpiCheck check_divergence(const KpiOptions& options, const KpiSlot& slot);
KpiCheck check_stability(const KpiOptions& options, const KpiBaseline& baseline,
                         const KpiSlot& slot);
KpiCheck check_step_time(const KpiOptions& options, const KpiBaseline& baseline,
                         const KpiSlot& slot);
KpiCheck check_memory(const KpiOptions& options, const KpiBaseline& baseline, const KpiSlot& slot);

// "5 %", "12.5 %": by how much a multiple is more or less than once.
std::string change_text(double factor);

}  // namespace dyt::compare
