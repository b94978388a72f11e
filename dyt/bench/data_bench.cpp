// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/data_bench.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "dyt/bench/data_contenders.h"
#include "dyt/bench/data_peer.h"
#include "dyt/bench/interleave.h"
#include "dyt/bench/internal/environment.h"
#include "dyt/core/error.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kPartImages = 128;  // that the parts are measured_transform with

// The images of a turn: shuffled, and so often over that they are enough.
std::vector<data::SampleRequest> turn_order(int64_t in_folder, int64_t images) {
  std::vector<data::SampleRequest> order;
  for (uint64_t epoch = 0; static_cast<int64_t>(order.size()) < images; ++epoch) {
    const auto more = data::shuffled_order(/*seed=*/0, epoch, in_folder);
    order.insert(order.end(), more.begin(), more.end());
  }
  order.resize(static_cast<size_t>(images));
  return order;
}

DataCase case_of(const DataBenchConfig& config, const std::string& transform, int64_t in_folder) {
  const auto cores = static_cast<int64_t>(std::max(1U, std::thread::hardware_concurrency()));
  DataCase wanted{.folder = std::filesystem::absolute(config.folder).string(),
                  .transform = transform,
                  .image_size = config.image_size,
                  .batch_size = config.batch_size,
                  .workers = config.workers == 0 ? cores : config.workers};
  const int64_t enough = kBatchesAWorker * wanted.workers * wanted.batch_size;
  wanted.order = turn_order(in_folder, config.images == 0 ? enough : config.images);
  return wanted;
}

Json row_json(const Timing& timing, size_t images, const DataParts& parts) {
  const auto rate = [&](double share) {
    return static_cast<double>(images) / timing.quantile(1 - share);
  };
  return {{"name", timing.name},
          {"rate_images_per_s", rate(0.5)},
          {"rate_low", rate(0.1)},
          {"rate_high", rate(0.9)},
          {"time_decode_ms", parts.decode_ms},
          {"time_transform_ms", parts.transform_ms}};
}

// Our rate over the peer's: the times the other way round.
void add_ratio(Json& row, const Timing& ours, const Timing& peer) {
  const Timing ratios = ratios_of(peer, ours);
  row["ratio_to_torchvision"] = ratios.median();
  row["ratio_low"] = ratios.quantile(0.1);
  row["ratio_high"] = ratios.quantile(0.9);
}

Json measured_transform(const DataCase& wanted,
                        const std::shared_ptr<const data::ImageIndex>& index,
                        std::optional<DataPeer>& peer, const InterleaveOptions& options) {
  DataPeer::Made made = peer ? peer->make(wanted, index->size()) : DataPeer::Made();
  std::vector<Contender> contenders = {data_contender(wanted, index)};
  std::ranges::move(made.contenders, std::back_inserter(contenders));
  const std::vector<Timing> timings = interleave(contenders, options);
  const size_t images = wanted.order.size();
  Json rows = Json::array({row_json(timings[0], images, data_parts(wanted, index, kPartImages))});
  if (timings.size() > 1) {
    add_ratio(rows[0], timings[0], timings[1]);
    rows.push_back(row_json(timings[1], images, peer->parts(kPartImages)));
  }
  Json result = {{"transform", wanted.transform},
                 {"image_size", wanted.image_size},
                 {"batch_size", wanted.batch_size},
                 {"workers", wanted.workers},
                 {"images", images},
                 {"rows", rows}};
  if (!made.left_out.empty()) {
    result["left_out"] = made.left_out;
  }
  return result;
}

void check_data_options(const DataBenchConfig& config) {
  if (config.folder.empty()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "there are no images to measure with",
                       .where = "folder",
                       .expected = "a folder of JPEG or PNG files, one folder a class",
                       .todo = "give one: folder=FOLDER"});
  }
}

}  // namespace

std::string bench_data(const DataBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop) {
  check_data_options(config);
  const auto index =
      std::make_shared<const data::ImageIndex>(data::ImageIndex::open(config.folder));
  DataBenchConfig copy = config;
  Json result = {{"version", 1},
                 {"environment", environment(at::kCPU)},
                 {"config", Json::parse(core::to_json_text(core::fields_of(copy)))},
                 {"images_in_folder", index->size()},
                 {"cases", Json::array()}};
  std::optional<DataPeer> peer;
  if (!config.python.empty()) {
    peer.emplace(config.python, stop);
    result["environment"]["peers"] = peer->versions();
  }
  for (const std::string& transform : config.transforms) {
    if (say) {
      say(transform);
    }
    result["cases"].push_back(
        measured_transform(case_of(config, transform, index->size()), index, peer,
                           {.rounds = config.rounds, .block_seconds = 0, .stop = stop}));
  }
  return result.dump(2) + "\n";
}

}  // namespace dyt::bench
