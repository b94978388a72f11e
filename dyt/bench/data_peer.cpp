// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/data_peer.h"

#include <nlohmann/json.hpp>

#include "dyt/bench/internal/embedded.h"
#include "dyt/bench/internal/python_peer.h"
#include "dyt/core/error.h"
#include "dyt/pixels/planes.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

Json numbers_of(const std::vector<data::SampleRequest>& order) {
  Json numbers = Json::array();
  for (const data::SampleRequest& request : order) {
    numbers.push_back(request.sample);
  }
  return numbers;
}

void check_count(const DataCase& wanted, int64_t images, int64_t found) {
  if (found != images) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "torchvision finds other images in the folder than we do",
                       .where = wanted.folder,
                       .expected = std::to_string(images) + " images, JPEG or PNG files directly "
                                                            "in the folders of their classes",
                       .found = std::to_string(found),
                       .todo = "take out other image files and deeper folders"});
  }
}

}  // namespace

DataPeer::DataPeer(const std::string& python, std::function<bool()> stop)
    : peer_(std::make_shared<PythonPeer>(
          python,
          PeerScript{.name = "data_peer.py",
                     .text = data_peer_py(),
                     .todo = "without 'python' our pipeline is measured alone"},
          std::move(stop))) {}

DataPeer::~DataPeer() = default;

const Json& DataPeer::versions() const { return peer_->versions(); }

DataPeer::Made DataPeer::make(const DataCase& wanted, int64_t images) {
  const pixels::Normalization normalization;
  const Json made = peer_->ask({{"case",
                                 {{"folder", wanted.folder},
                                  {"transform", wanted.transform},
                                  {"image_size", wanted.image_size},
                                  {"batch_size", wanted.batch_size},
                                  {"workers", wanted.workers},
                                  {"mean", normalization.mean},
                                  {"std", normalization.std},
                                  {"order", numbers_of(wanted.order)}}}},
                               "the loader of the case");
  if (made.contains("left_out")) {
    return {.left_out = made["left_out"].get<std::string>()};
  }
  check_count(wanted, images, made.value("images", int64_t{-1}));
  return {.contenders = peer_contenders(peer_, made)};
}

DataParts DataPeer::parts(int64_t count) {
  const Json json = peer_->ask({{"parts", count}}, "the parts of the pipeline");
  if (!json.contains("decode_ms") || !json.contains("transform_ms")) {
    peer_->fail("asked for the parts it answered " + json.dump());
  }
  return {.decode_ms = json["decode_ms"].get<double>(),
          .transform_ms = json["transform_ms"].get<double>()};
}

}  // namespace dyt::bench
