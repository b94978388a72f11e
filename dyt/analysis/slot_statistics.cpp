// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/slot_statistics.h"

#include <torch/nn/module.h>

#include <algorithm>
#include <cmath>

#include "dyt/analysis/internal/norm_slots.h"

namespace dyt::analysis {
namespace {

// Sums in several lanes: the order is fixed and the processor need not wait for each addition.
constexpr int64_t kLanes = 8;

struct Sums {
  double sum = 0;
  double squares = 0;
  double largest = 0;
  int64_t saturated = 0;
  int64_t count = 0;
};

void add_elements(const at::Tensor& input, float alpha, Sums& total) {
  const at::Tensor values = input.detach().to(at::kCPU, at::kFloat).contiguous();
  const float* value = values.const_data_ptr<float>();
  const int64_t count = values.numel();
  double sum[kLanes] = {};
  double squares[kLanes] = {};
  float largest[kLanes] = {};
  int64_t saturated = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t lane = i % kLanes;
    const double wide = value[i];
    sum[lane] += wide;
    squares[lane] += wide * wide;
    largest[lane] = std::max(largest[lane], std::abs(value[i]));
    saturated += std::abs(alpha * value[i]) > static_cast<float>(kSaturationLimit) ? 1 : 0;
  }
  for (int64_t lane = 0; lane < kLanes; ++lane) {
    total.sum += sum[lane];
    total.squares += squares[lane];
    total.largest = std::max(total.largest, static_cast<double>(largest[lane]));
  }
  total.saturated += saturated;
  total.count += count;
}

}  // namespace

struct SlotRecorder::State {
  struct Record {
    std::string name;
    nn::Norm* norm = nullptr;
    Sums sums;
  };
  std::vector<Record> records;
  SlotWatch watch;  // the observers go before what they write into
};

std::string saturation_level(double saturated) {
  if (saturated >= kSaturationAlarm) {
    return "alarm";
  }
  return saturated >= kSaturationWarning ? "warning" : "ok";
}

SlotRecorder::SlotRecorder(torch::nn::Module& module) : state_(std::make_unique<State>()) {
  for (const auto& [name, norm] : norm_slots(module)) {
    state_->records.push_back({.name = name, .norm = norm});
  }
  for (State::Record& record : state_->records) {
    const at::Tensor& slot_alpha = record.norm->alpha();
    const float alpha = slot_alpha.defined() ? slot_alpha.item<float>() : 0.0f;
    state_->watch.watch(record.norm, [&record, alpha](const nn::Norm&, const at::Tensor& input) {
      add_elements(input, alpha, record.sums);
    });
  }
}

SlotRecorder::~SlotRecorder() = default;

std::vector<SlotStatistics> SlotRecorder::statistics() const {
  std::vector<SlotStatistics> list;
  for (const State::Record& record : state_->records) {
    const Sums& sums = record.sums;
    const auto count = static_cast<double>(std::max<int64_t>(sums.count, 1));
    const double mean = sums.sum / count;
    const double variance = sums.squares / count - mean * mean;  // rounding may leave it below 0
    SlotStatistics slot{.name = record.name,
                        .site = nn::site_name(record.norm->site()),
                        .kind = record.norm->kind(),
                        .input_std = std::sqrt(variance < 0 ? 0 : variance),
                        .input_max = sums.largest};
    if (record.norm->alpha().defined()) {
      slot.alpha = record.norm->alpha().item<double>();
      slot.saturated = static_cast<double>(sums.saturated) / count;
    }
    list.push_back(slot);
  }
  return list;
}

}  // namespace dyt::analysis
