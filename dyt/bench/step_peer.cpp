// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_peer.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/internal/embedded.h"
#include "dyt/bench/internal/python_peer.h"
#include "dyt/core/memory.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

Json sizes_of(const models::VitConfig& vit) {
  return {{"image_size", vit.image_size},
          {"patch_size", vit.patch_size},
          {"channels", vit.channels},
          {"num_classes", vit.num_classes},
          {"dim", vit.dim},
          {"depth", vit.depth},
          {"num_heads", vit.num_heads},
          {"hidden_dim", vit.hidden_dim()},
          {"global_pool", vit.global_pool},
          {"init_values", vit.init_values},
          {"drop_path", vit.drop_path},
          {"qk_norm", vit.qk_norm}};
}

Json optimizer_json() {
  const optim::OptimConfig config;
  return {{"lr", kStepLearningRate},
          {"beta1", config.beta1},
          {"beta2", config.beta2},
          {"eps", config.eps},
          {"weight_decay", config.weight_decay}};
}

// Of our network with LayerNorm; takes no memory.
int64_t parameters_of(models::VitConfig vit) {
  vit.norm = "layer_norm";
  return models::parameter_count(
      models::VisionTransformer(vit, at::TensorOptions().device(at::kMeta)));
}

}  // namespace

bool peer_builds(const StepCase& wanted) {
  return std::holds_alternative<models::VitModel>(wanted.model.family);
}

StepPeer::StepPeer(const std::string& python, std::function<bool()> stop)
    : peer_(std::make_shared<PythonPeer>(
          python,
          PeerScript{.name = "step_peer.py",
                     .text = step_peer_py(),
                     .todo = "where memory is short take a smaller batch_size; without 'python' "
                             "the other contenders are measured"},
          std::move(stop))) {}

StepPeer::~StepPeer() = default;

const Json& StepPeer::versions() const { return peer_->versions(); }

std::vector<Contender> StepPeer::contenders(const StepCase& wanted) {
  const models::VitConfig& vit = std::get<models::VitModel>(wanted.model.family).sizes;
  const Json made = peer_->ask({{"case",
                                 {{"model", sizes_of(vit)},
                                  {"optimizer", optimizer_json()},
                                  {"pass", wanted.pass},
                                  {"dtype", wanted.dtype},
                                  {"batch_size", wanted.batch_size},
                                  {"threads", at::get_num_threads()},
                                  {"device", wanted.device.str()},
                                  {"keep_memory", core::keeps_freed_memory()}}}},
                               "the network of the case");
  const int64_t parameters = parameters_of(vit);
  if (made.value("parameters", int64_t{0}) != parameters) {
    peer_->fail("its network is another one than ours, which has " + std::to_string(parameters) +
                " parameters: " + made.dump());
  }
  return peer_contenders(peer_, made);
}

StepMemory StepPeer::memory() {
  const Json json = peer_->ask({{"memory", true}}, "the memory of the process");
  const std::optional<StepMemory> memory = memory_of_json(json);
  if (!memory) {
    peer_->fail("asked for its memory it answered " + json.dump());
  }
  return *memory;
}

}  // namespace dyt::bench
