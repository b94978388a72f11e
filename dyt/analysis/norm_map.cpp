// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/norm_map.h"

#include <torch/nn/module.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dyt/analysis/internal/norm_slots.h"
#include "dyt/core/random.h"

namespace dyt::analysis {
namespace {

constexpr int64_t kShownTokens = 8;
constexpr int64_t kExtremeChannels = 3;
constexpr int64_t kOrdinaryChannels = 4;
constexpr int64_t kPointsOfGroup = 80;
constexpr int64_t kSampledPoints = 500;

// One norm's input and its output before the affine step, both (tokens, channels), fp64.
struct Table {
  int64_t tokens = 0, channels = 0;
  std::vector<double> x, y;
  std::vector<double> token_std, channel_largest, channel_std;
};

// Over `count` elements that stand `step` apart.
double strided_std(const double* first, int64_t count, int64_t step) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    sum += first[i * step];
  }
  const double mean = sum / static_cast<double>(count);
  double squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    squares += (first[i * step] - mean) * (first[i * step] - mean);
  }
  return std::sqrt(squares / static_cast<double>(count));
}

void normalize_token(const nn::Norm& norm, const double* x, double* y, int64_t channels) {
  const auto count = static_cast<double>(channels);
  const double mean =
      norm.kind() == "layer_norm" ? std::accumulate(x, x + channels, 0.0) / count : 0.0;
  double squares = 0;
  for (int64_t c = 0; c < channels; ++c) {
    squares += (x[c] - mean) * (x[c] - mean);
  }
  const double scale = 1 / std::sqrt(squares / count + norm.spec().eps);
  for (int64_t c = 0; c < channels; ++c) {
    y[c] = (x[c] - mean) * scale;
  }
}

Table table_of(const nn::Norm& norm, const at::Tensor& input) {
  const bool last = norm.layout() == nn::Layout::kChannelsLast;
  const at::Tensor values = (last ? input : input.movedim(1, -1))
                                .detach()
                                .to(at::kCPU, at::kDouble)
                                .reshape({-1, norm.channels()})
                                .contiguous();
  const double* data = values.const_data_ptr<double>();
  Table table{.tokens = values.size(0), .channels = values.size(1)};
  table.x.assign(data, data + values.numel());
  table.y.resize(table.x.size());
  for (int64_t token = 0; token < table.tokens; ++token) {
    const int64_t begin = token * table.channels;
    normalize_token(norm, &table.x[begin], &table.y[begin], table.channels);
    table.token_std.push_back(strided_std(&table.x[begin], table.channels, 1));
  }
  for (int64_t channel = 0; channel < table.channels; ++channel) {
    double largest = 0;
    for (int64_t token = 0; token < table.tokens; ++token) {
      largest = std::max(largest, std::abs(table.x[token * table.channels + channel]));
    }
    table.channel_largest.push_back(largest);
    table.channel_std.push_back(strided_std(&table.x[channel], table.tokens, table.channels));
  }
  return table;
}

// At most `most` of the numbers 0 .. count - 1, in ascending order.
std::vector<int64_t> drawn(int64_t count, int64_t most, const std::string& stream) {
  std::vector<int64_t> numbers;
  if (count <= most) {
    numbers.resize(count);
    std::iota(numbers.begin(), numbers.end(), int64_t{0});
    return numbers;
  }
  core::RandomStream random(0, stream);
  for (int64_t i = 0; i < most; ++i) {
    numbers.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(count))));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::vector<int64_t> order_by(const std::vector<double>& values) {
  std::vector<int64_t> order(values.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return values[a] < values[b]; });
  return order;
}

// `count` members of `order`, evenly spread from its first to its last.
std::vector<int64_t> spread(const std::vector<int64_t>& order, int64_t count) {
  std::vector<int64_t> chosen;
  const auto last = static_cast<int64_t>(order.size()) - 1;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t member = order[count == 1 ? 0 : i * last / (count - 1)];
    if (std::find(chosen.begin(), chosen.end(), member) == chosen.end()) {
      chosen.push_back(member);
    }
  }
  return chosen;
}

class MapMaker {
 public:
  MapMaker(const Table& table, std::string name) : table_(table), name_(std::move(name)) {}

  MapPoints elements(int64_t most, const std::string& purpose) const {
    MapPoints points;
    const auto count = static_cast<int64_t>(table_.x.size());
    for (const int64_t i : drawn(count, most, "norm_map/" + purpose + "/" + name_)) {
      add(points, i);
    }
    return points;
  }

  std::vector<MapPoints> tokens() const {
    std::vector<MapPoints> groups;
    for (const int64_t token : spread(order_by(table_.token_std), kShownTokens)) {
      MapPoints points{.number = token, .std = table_.token_std[token]};
      for (const int64_t channel : drawn(table_.channels, kPointsOfGroup, "norm_map/c/" + name_)) {
        add(points, token * table_.channels + channel);
      }
      groups.push_back(points);
    }
    return groups;
  }

  std::vector<MapPoints> channels() const {
    std::vector<int64_t> order = order_by(table_.channel_largest);
    const int64_t extremes = std::min<int64_t>(kExtremeChannels, table_.channels);
    std::vector<MapPoints> groups;
    for (int64_t i = 0; i < extremes; ++i) {
      groups.push_back(channel_points(order.back(), true));
      order.pop_back();
    }
    for (const int64_t channel : order.empty() ? order : spread(order, kOrdinaryChannels)) {
      groups.push_back(channel_points(channel, false));
    }
    return groups;
  }

 private:
  void add(MapPoints& points, int64_t element) const {
    points.x.push_back(table_.x[element]);
    points.y.push_back(table_.y[element]);
  }

  MapPoints channel_points(int64_t channel, bool extreme) const {
    MapPoints points{.number = channel, .std = table_.channel_std[channel], .extreme = extreme};
    std::vector<int64_t> tokens = drawn(table_.tokens, kPointsOfGroup, "norm_map/t/" + name_);
    tokens.push_back(largest_token(channel));
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (const int64_t token : tokens) {
      add(points, token * table_.channels + channel);
    }
    return points;
  }

  int64_t largest_token(int64_t channel) const {
    int64_t best = 0;
    for (int64_t token = 1; token < table_.tokens; ++token) {
      if (std::abs(table_.x[token * table_.channels + channel]) >
          std::abs(table_.x[best * table_.channels + channel])) {
        best = token;
      }
    }
    return best;
  }

  const Table& table_;
  std::string name_;
};

void fill_map(NormMap& map, const Table& table, bool with_points) {
  const MapMaker maker(table, map.name);
  const MapPoints fitted = maker.elements(kFittedElements, "fit");
  map.elements = static_cast<int64_t>(table.x.size());
  map.line = fit_line(fitted.x, fitted.y);
  map.tanh = fit_tanh(fitted.x, fitted.y);
  std::vector<double> stds = table.token_std;
  std::sort(stds.begin(), stds.end());
  map.token_std_min = stds.front();
  map.token_std_median = stds[stds.size() / 2];
  map.token_std_max = stds.back();
  if (with_points) {
    map.tokens = maker.tokens();
    map.channels = maker.channels();
    map.sample = maker.elements(kSampledPoints, "sample");
  }
}

}  // namespace

std::vector<int64_t> chosen_norms(int64_t count) {
  std::vector<int64_t> chosen;
  for (const int64_t percent : {20, 60, 80, 100}) {
    const int64_t number = std::max<int64_t>(1, (count * percent + 50) / 100);
    if (count > 0 && (chosen.empty() || chosen.back() != number)) {
      chosen.push_back(number);
    }
  }
  return chosen;
}

bool is_mapped(std::string_view kind) { return kind == "layer_norm" || kind == "rms_norm"; }

std::vector<NormMap> measure_norm_maps(torch::nn::Module& module,
                                       const std::function<void()>& forward) {
  std::vector<NamedSlot> slots = norm_slots(module);
  std::erase_if(slots, [](const NamedSlot& slot) { return !is_mapped(slot.second->kind()); });
  const std::vector<int64_t> chosen = chosen_norms(static_cast<int64_t>(slots.size()));
  std::vector<NormMap> maps(slots.size());
  SlotWatch watch;
  for (size_t i = 0; i < slots.size(); ++i) {
    NormMap& map = maps[i];
    map = {.name = slots[i].first,
           .site = nn::site_name(slots[i].second->site()),
           .kind = slots[i].second->kind(),
           .number = static_cast<int64_t>(i) + 1};
    const bool shown = std::find(chosen.begin(), chosen.end(), map.number) != chosen.end();
    watch.watch(slots[i].second, [&map, shown](const nn::Norm& norm, const at::Tensor& input) {
      if (map.elements == 0) {
        fill_map(map, table_of(norm, input), shown);
      }
    });
  }
  if (!slots.empty()) {
    forward();
  }
  return maps;
}

}  // namespace dyt::analysis
