// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/op_clock.h"

#include <ATen/record_function.h>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace dyt::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Frame {
  Part part;
  Clock::time_point begin;
  double inside = 0;  // seconds of what it called
};

struct Record {
  std::vector<Frame> frames;
  PartTimes seconds = {};
};

thread_local Record record;

Part part_of(std::string_view name) {
  const auto has = [name](std::string_view word) { return name.find(word) != name.npos; };
  if (name.starts_with("dyt::") || has("layer_norm") || has("rms_norm")) {
    return Part::kSlots;
  }
  if (has("attention") || has("softmax")) {
    return Part::kAttention;
  }
  if (has("linear") || has("addmm") || name == "aten::mm" || has("bmm") || has("matmul") ||
      has("convolution")) {
    return Part::kMatrices;
  }
  if (has("gelu")) {
    return Part::kActivation;
  }
  return has("adamw") ? Part::kOptimizer : Part::kOther;
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& call) {
  const Part own = part_of(call.name());
  const Part outer = record.frames.empty() ? Part::kOther : record.frames.back().part;
  record.frames.push_back({outer == Part::kOther ? own : outer, Clock::now()});
  return nullptr;
}

void end(const at::RecordFunction&, at::ObserverContext*) {
  if (record.frames.empty()) {
    return;  // it began before the clock did
  }
  const Frame frame = record.frames.back();
  record.frames.pop_back();
  const double seconds = std::chrono::duration<double>(Clock::now() - frame.begin).count();
  record.seconds[static_cast<size_t>(frame.part)] += seconds - frame.inside;
  if (!record.frames.empty()) {
    record.frames.back().inside += seconds;
  }
}

}  // namespace

OpClock::OpClock()
    : handle_(at::addThreadLocalCallback(
          at::RecordFunctionCallback(begin, end).scopes({at::RecordScope::FUNCTION}))) {
  record = {};
}

OpClock::~OpClock() { at::removeCallback(handle_); }

PartTimes OpClock::taken() { return std::exchange(record.seconds, PartTimes{}); }

}  // namespace dyt::bench
