#include "dyt/models/vit_init.h"

#include <cmath>

#include "dyt/models/vit.h"
#include "dyt/models/weight_streams.h"

namespace dyt::models {
namespace {

constexpr double kLargestStd =
    2;  // the bounds of the truncation: beyond it most draws are rejected

void initialize_patches(const nn::PatchProjection& projection, const std::string& name,
                        uint64_t seed) {
  const auto fan_in = static_cast<double>(projection.weight()[0].numel());
  const double bound = 1 / std::sqrt(fan_in);
  const auto draw = [&](core::RandomStream& stream) { return stream.uniform(-bound, bound); };
  fill_from_stream(projection.weight(), seed, name + ".weight", draw);
  fill_from_stream(projection.bias(), seed, name + ".bias", draw);
}

}  // namespace

void VitInit::visit_fields(core::Fields& fields) {
  fields.add("linear_std", linear_std,
             {.help = "standard deviation of the linear layers' weights, head included; goes with "
                      "1/sqrt(width): 0.07 at 64, 0.02 at 768",
              .min = 0,
              .max = kLargestStd});
  fields.add("position_std", position_std,
             {.help = "standard deviation of the position table", .min = 0, .max = kLargestStd});
  fields.add("class_token_std", class_token_std,
             {.help = "standard deviation of the class token", .min = 0, .max = kLargestStd});
}

void initialize(VisionTransformer& model, const VitInit& init, uint64_t seed) {
  const auto truncated = [](double std) {
    return [std](core::RandomStream& stream) { return stream.trunc_normal(std); };
  };
  for (const auto& item : model.named_modules()) {
    torch::nn::Module* module = item.value().get();
    if (auto* linear = dynamic_cast<nn::Linear*>(module)) {
      fill_from_stream(linear->weight(), seed, item.key() + ".weight", truncated(init.linear_std));
      linear->bias().detach().zero_();
    } else if (auto* projection = dynamic_cast<nn::PatchProjection*>(module)) {
      initialize_patches(*projection, item.key(), seed);
    } else if (auto* norm = dynamic_cast<nn::Norm*>(module)) {
      norm->reset();
    } else if (auto* scale = dynamic_cast<nn::LayerScale*>(module)) {
      scale->reset();
    }
  }
  const auto own = model.named_parameters(/*recurse=*/false);
  fill_from_stream(own["pos_embed"], seed, "pos_embed", truncated(init.position_std));
  fill_from_stream(own["cls_token"], seed, "cls_token", [&](core::RandomStream& stream) {
    return init.class_token_std * stream.normal();
  });
}

}  // namespace dyt::models
