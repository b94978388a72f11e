// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/model_config.h"

#include <numeric>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/models/table.h"

namespace dyt::models {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

std::string list_text(const std::vector<int64_t>& values) {
  std::vector<std::string> parts;
  for (const int64_t value : values) {
    parts.push_back(number(value));
  }
  return core::join(parts, "-");
}

[[noreturn]] void throw_no_classifier() {
  throw core::Error(core::ErrorKind::kInternal, {.what = "this family of models has no classes"});
}

int64_t sum_of(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

std::shared_ptr<torch::nn::Module> network(const MaeModel& model,
                                           const at::TensorOptions& options) {
  return std::make_shared<MaskedAutoencoder>(model.sizes, options);
}

std::shared_ptr<torch::nn::Module> network(const DitModel& model,
                                           const at::TensorOptions& options) {
  return std::make_shared<Dit>(model.sizes, options);
}

std::shared_ptr<torch::nn::Module> network(const DinoModel& model,
                                           const at::TensorOptions& options) {
  return std::make_shared<DinoNetwork>(model.sizes, options);
}

// One overload a classifier.
template <class Model>
std::shared_ptr<ImageClassifier> made(const Model&, const at::TensorOptions&) {
  throw_no_classifier();
}

template <class Model>
void start(ImageClassifier&, const Model&, uint64_t) {
  throw_no_classifier();
}

std::shared_ptr<ImageClassifier> made(const VitModel& model, const at::TensorOptions& options) {
  return std::make_shared<VisionTransformer>(model.sizes, options);
}

std::shared_ptr<ImageClassifier> made(const ConvNextModel& model,
                                      const at::TensorOptions& options) {
  return std::make_shared<ConvNext>(model.sizes, options);
}

std::shared_ptr<ImageClassifier> made(const ResNetModel& model, const at::TensorOptions& options) {
  return std::make_shared<ResNet>(model.sizes, options);
}

std::shared_ptr<ImageClassifier> made(const VggModel& model, const at::TensorOptions& options) {
  return std::make_shared<Vgg>(model.sizes, options);
}

void start(ImageClassifier& network, const VitModel& model, uint64_t seed) {
  initialize(dynamic_cast<VisionTransformer&>(network), model.init, seed);
}

void start(ImageClassifier& network, const ConvNextModel& model, uint64_t seed) {
  initialize(dynamic_cast<ConvNext&>(network), model.init, seed);
}

void start(ImageClassifier& network, const ResNetModel& model, uint64_t seed) {
  initialize(dynamic_cast<ResNet&>(network), model.init, seed);
}

void start(ImageClassifier& network, const VggModel& model, uint64_t seed) {
  initialize(dynamic_cast<Vgg&>(network), model.init, seed);
}

ModelSummary summary(const VitConfig& sizes) {
  return {.text = "patch " + number(sizes.patch_size) + ", dim " + number(sizes.dim) + ", depth " +
                  number(sizes.depth) + ", heads " + number(sizes.num_heads) + ", mlp_ratio " +
                  core::number_text(sizes.mlp_ratio) + ", global pooling: " + sizes.global_pool,
          .depth = sizes.depth,
          .dim = sizes.dim};
}

ModelSummary summary(const ConvNextConfig& sizes) {
  return {.text = "patch " + number(sizes.patch_size) + ", dims " + list_text(sizes.dims) +
                  ", depths " + list_text(sizes.depths) + ", kernel " + number(sizes.kernel_size),
          .depth = sum_of(sizes.depths),
          .dim = sizes.dims.empty() ? 0 : sizes.dims.back()};
}

ModelSummary summary(const ResNetConfig& sizes) {
  const auto stages = static_cast<int64_t>(sizes.depths.size());
  return {.text = sizes.block + " blocks, width " + number(sizes.width) + ", depths " +
                  list_text(sizes.depths) + ", stem " + sizes.stem,
          .depth = sum_of(sizes.depths),
          .dim = stages == 0 ? 0 : sizes.width << (stages - 1)};
}

ModelSummary summary(const VggConfig& sizes) {
  return {.text = "dims " + list_text(sizes.dims) + ", convolutions " + list_text(sizes.depths) +
                  ", hidden " + number(sizes.hidden_dim),
          .depth = sum_of(sizes.depths),
          .dim = sizes.dims.empty() ? 0 : sizes.dims.back()};
}

// The sizes of whatever family it is.
template <class Config, class Visit>
decltype(auto) with_sizes(Config& model, const Visit& visit) {
  return std::visit([&](auto& family) -> decltype(auto) { return visit(family.sizes); },
                    model.family);
}

ModelSummary summary(const MaeConfig& sizes) {
  return {.text = "patch " + number(sizes.patch_size) + ", dim " + number(sizes.dim) + ", depth " +
                  number(sizes.depth) + ", heads " + number(sizes.num_heads) + "; decoder dim " +
                  number(sizes.decoder_dim) + ", depth " + number(sizes.decoder_depth) +
                  "; hidden " + core::number_text(100 * sizes.mask_ratio) +
                  " %; accuracy: nearest neighbours among the encoder's features",
          .depth = sizes.depth,
          .dim = sizes.dim};
}

ModelSummary summary(const DinoConfig& sizes) {
  return {.text = "patch " + number(sizes.patch_size) + ", dim " + number(sizes.dim) + ", depth " +
                  number(sizes.depth) + ", heads " + number(sizes.num_heads) + "; head to " +
                  number(sizes.out_dim) +
                  "; accuracy: nearest neighbours among the teacher's features",
          .depth = sizes.depth,
          .dim = sizes.dim};
}

ModelSummary summary(const DitConfig& sizes) {
  return {.text = "patch " + number(sizes.patch_size) + ", dim " + number(sizes.dim) + ", depth " +
                  number(sizes.depth) + ", heads " + number(sizes.num_heads) +
                  "; accuracy: drawn pictures whose nearest training images are of their class",
          .depth = sizes.depth,
          .dim = sizes.dim};
}

int64_t layers_above(const VitConfig& sizes, const std::string& parameter) {
  if (parameter == "cls_token" || parameter == "pos_embed" ||
      parameter.starts_with("patch_embed.")) {
    return sizes.depth + 1;
  }
  constexpr std::string_view kBlocks = "blocks.";
  return parameter.starts_with(kBlocks) ? sizes.depth - std::stoll(parameter.substr(kBlocks.size()))
                                        : 0;
}

constexpr int64_t kBlocksOfLevel = 3;

int64_t levels_of(int64_t blocks) { return (blocks + kBlocksOfLevel - 1) / kBlocksOfLevel; }

int64_t layers_above(const ConvNextConfig& sizes, const std::string& parameter) {
  const auto levels_from = [&](size_t stage) {
    int64_t levels = 0;
    for (; stage < sizes.depths.size(); ++stage) {
      levels += levels_of(sizes.depths[stage]);
    }
    return levels;
  };
  constexpr std::string_view kStages = "stages.", kBlocks = ".blocks.";
  if (parameter.starts_with("stem.")) {
    return levels_from(0) + 1;
  }
  if (!parameter.starts_with(kStages)) {
    return 0;
  }
  const auto stage = static_cast<size_t>(std::stoll(parameter.substr(kStages.size())));
  const size_t blocks = parameter.find(kBlocks);
  const int64_t block =
      blocks == std::string::npos ? 0 : std::stoll(parameter.substr(blocks + kBlocks.size()));
  return levels_from(stage) - block / kBlocksOfLevel;
}

template <class Sizes>
int64_t layers_above(const Sizes&, const std::string&) {
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = "layer-wise decay has no rule for this family of models",
                     .where = "optim.layer_decay",
                     .expected = "1, or a ViT or ConvNeXt"});
}

// The number of classes, where there is one.
template <class Sizes>
auto& classes_of(Sizes& sizes) {
  if constexpr (requires { sizes.num_classes; }) {
    return sizes.num_classes;
  } else {
    throw_no_classifier();
    return sizes.channels;  // never reached; of the type that is wanted
  }
}

}  // namespace

void ModelConfig::visit_fields(core::Fields& fields) {
  std::vector<std::string> names;
  for (const ModelRow& row : model_table()) {
    names.push_back(row.config.name);
  }
  fields.add("name", name, {.help = "the model: a row of `dyt models`", .choices = names});
  with_sizes(*this, [&](auto& sizes) { sizes.visit_fields(fields); });
}

void DinoInit::visit_fields(core::Fields& fields) {
  fields.add("linear_std", linear_std,
             {.help = "standard deviation of the weights of matrices and position table",
              .min = 0,
              .max = 2});
}

void InitKeys::visit_fields(core::Fields& fields) {
  std::visit([&](auto& family) { family.init.visit_fields(fields); }, model.family);
}

bool ModelConfig::has_classes() const {
  return with_sizes(*this, [](const auto& sizes) {
    return requires { sizes.num_classes; };
  });
}

bool ModelConfig::is_classifier() const {
  return has_classes() && !std::holds_alternative<DitModel>(family);
}

int64_t& ModelConfig::image_size() {
  return with_sizes(*this, [](auto& sizes) -> int64_t& { return sizes.image_size; });
}

int64_t& ModelConfig::channels() {
  return with_sizes(*this, [](auto& sizes) -> int64_t& { return sizes.channels; });
}

int64_t& ModelConfig::num_classes() {
  return with_sizes(*this, [](auto& sizes) -> int64_t& { return classes_of(sizes); });
}

std::string& ModelConfig::norm() {
  return with_sizes(*this, [](auto& sizes) -> std::string& { return sizes.norm; });
}

int64_t ModelConfig::image_size() const {
  return with_sizes(*this, [](const auto& sizes) { return sizes.image_size; });
}

int64_t ModelConfig::channels() const {
  return with_sizes(*this, [](const auto& sizes) { return sizes.channels; });
}

int64_t ModelConfig::num_classes() const {
  return with_sizes(*this, [](const auto& sizes) { return classes_of(sizes); });
}

const std::string& ModelConfig::norm() const {
  return with_sizes(*this, [](const auto& sizes) -> const std::string& { return sizes.norm; });
}

void ModelConfig::validate() const {
  with_sizes(*this, [](const auto& sizes) { sizes.validate(); });
}

ModelSummary summary_of(const ModelConfig& model) {
  ModelSummary result = with_sizes(model, [](const auto& sizes) { return summary(sizes); });
  const std::string classes = model.has_classes() ? ", classes " + number(model.num_classes()) : "";
  result.text = model.name + ": image " + number(model.image_size()) + ", channels " +
                number(model.channels()) + classes + ", " + result.text;
  return result;
}

int64_t layers_above(const ModelConfig& model, const std::string& parameter) {
  return with_sizes(model, [&](const auto& sizes) { return layers_above(sizes, parameter); });
}

std::shared_ptr<torch::nn::Module> make_network(const ModelConfig& model,
                                                const at::TensorOptions& options) {
  return std::visit(
      [&](const auto& family) -> std::shared_ptr<torch::nn::Module> {
        if constexpr (requires { network(family, options); }) {
          return network(family, options);
        } else {
          return made(family, options);
        }
      },
      model.family);
}

std::shared_ptr<ImageClassifier> make_classifier(const ModelConfig& model,
                                                 const at::TensorOptions& options) {
  return std::visit([&](const auto& family) { return made(family, options); }, model.family);
}

void initialize(ImageClassifier& network, const ModelConfig& model, uint64_t seed) {
  std::visit([&](const auto& family) { start(network, family, seed); }, model.family);
}

}  // namespace dyt::models
