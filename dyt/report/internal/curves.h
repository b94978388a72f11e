// SPDX-License-Identifier: Apache-2.0
// Curves over training, as figures (HTML): accuracy and loss of all seeds and slots, alpha of each
// layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

// Thin lines are seeds, thick ones the mean over the seeds that finished.
std::string accuracy_curves(const std::vector<Slot>& slots,
                            std::optional<double> image_weight_points, const std::string& title);
std::string train_loss_curves(const std::vector<Slot>& slots);

// One figure: a line a layer, averaged over the seeds that finished (over all where none did). ""
// for a slot without alpha. `index` keeps names unique in the page.
std::string alpha_figure(const Slot& slot, size_t index);

// The figures side by side under a line that explains them.
std::string alpha_figures_html(const std::vector<std::string>& figures);

std::string legend_html(const std::vector<Slot>& slots);

}  // namespace dyt::report
