// SPDX-License-Identifier: Apache-2.0
// A model by name: its family, the family's sizes and the start of its weights.
//
//   ModelConfig model = find_model("convnext_tiny");     // a row of model_table()
//   model.image_size() = 224; model.channels() = 3; model.num_classes() = 10;
//   model.norm() = "dyt";
//   std::shared_ptr<ImageClassifier> network = make_classifier(model);
//   initialize(*network, model, /*seed=*/0);
//
// A new family is a struct of its sizes (visit_fields: keys of the group `model`; validate), one of
// its start values (visit_fields: group `init`), an alternative of the variant, an overload of each
// function at the head of model_config.cpp, and rows of the table.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "dyt/core/config.h"
#include "dyt/models/convnext.h"
#include "dyt/models/dino.h"
#include "dyt/models/dit.h"
#include "dyt/models/image_classifier.h"
#include "dyt/models/mae.h"
#include "dyt/models/resnet.h"
#include "dyt/models/vgg.h"
#include "dyt/models/vit.h"

namespace dyt::models {

struct VitModel {
  VitConfig sizes;
  VitInit init;
};

struct ConvNextModel {
  ConvNextConfig sizes;
  ConvNextInit init;
};

struct ResNetModel {
  ResNetConfig sizes;
  ResNetInit init;
};

struct VggModel {
  VggConfig sizes;
  VggInit init;
};

struct MaeInit {
  void visit_fields(core::Fields&) {}  // the release's rule has no number to choose
};

struct MaeModel {
  MaeConfig sizes;
  MaeInit init;
};

struct DinoInit {
  double linear_std = 0.02;

  void visit_fields(core::Fields& fields);
};

struct DinoModel {
  DinoConfig sizes;
  DinoInit init;
};

struct DitInit {
  void visit_fields(core::Fields&) {}  // zero_init is a key of the network
};

struct DitModel {
  DitConfig sizes;
  DitInit init;
};

struct ModelConfig {
  std::string name = "vit";  // a row of model_table(); says the family and where its keys start
  std::variant<VitModel, ConvNextModel, ResNetModel, VggModel, MaeModel, DinoModel, DitModel>
      family;

  // The name, then the keys of the family: the list goes with the family, so the model is chosen
  // (find_model) before its keys are listed.
  void visit_fields(core::Fields& fields);

  bool is_classifier() const;
  bool has_classes() const;  // a classifier, or one that is told a class

  // What every family has; the number of classes those with classes (others: Error(kInternal)).
  int64_t& image_size();   // side; 0: the data's
  int64_t& channels();     // 0: the data's
  int64_t& num_classes();  // 0: the data's
  std::string& norm();     // the slot, kind[:key=value]...
  int64_t image_size() const;
  int64_t channels() const;
  int64_t num_classes() const;
  const std::string& norm() const;

  // Those of one family; std::bad_variant_access for another.
  VitConfig& vit() { return std::get<VitModel>(family).sizes; }
  ConvNextConfig& convnext() { return std::get<ConvNextModel>(family).sizes; }
  ResNetConfig& resnet() { return std::get<ResNetModel>(family).sizes; }
  VggConfig& vgg() { return std::get<VggModel>(family).sizes; }

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;
};

// The keys of the group `init`.
struct InitKeys {
  ModelConfig& model;

  void visit_fields(core::Fields& fields);
};

// What there is to say about a model in one line, and the sizes that alpha and cost go by.
struct ModelSummary {
  std::string text;
  int64_t depth = 0;  // blocks
  int64_t dim = 0;    // width of the last of them
};

ModelSummary summary_of(const ModelConfig& model);

// For layer-wise decay of the learning rate: how many blocks lie between a parameter of that name
// and the head, 0 for the head and the slot before it. ViT (MAE's fine-tuning code): the embedding
// is as far as depth + 1, block i depth - i. ConvNeXt (its fine-tuning code): a level is up to
// three blocks of a stage, the downsampling before a stage is of its first level, the stem below
// all: 13 for depths 3, 3, 27, 3. Other families have no such rule: Error(kUsage).
int64_t layers_above(const ModelConfig& model, const std::string& parameter);

// The network, whatever it is for; of self-distillation the student. All sizes must be set.
std::shared_ptr<torch::nn::Module> make_network(const ModelConfig& model,
                                                const at::TensorOptions& options = {});

// The network of a classifier. All sizes must be set. `options`: type and device, the meta device
// too. Weights are zero until initialize() or a checkpoint.
std::shared_ptr<ImageClassifier> make_classifier(const ModelConfig& model,
                                                 const at::TensorOptions& options = {});

// Start values of a network that make_classifier made of `model`, from the streams of `seed`.
void initialize(ImageClassifier& network, const ModelConfig& model, uint64_t seed);

}  // namespace dyt::models
