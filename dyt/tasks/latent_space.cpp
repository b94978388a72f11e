// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/latent_space.h"

#include <ATen/ops/cat.h>

#include <map>

#include "dyt/core/error.h"
#include "dyt/io/tensor_file.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kPixelChannels = 3;

models::VaeConfig config_of(const std::filesystem::path& weights) {
  const io::NamedTensors tensors = io::read_weights(weights);
  try {
    const models::VaeConfig config = models::vae_config_of(tensors);
    if (config.image_channels != kPixelChannels) {
      throw core::Error(core::ErrorKind::kData, {.what = "this autoencoder is not of RGB images",
                                                 .expected = "3 channels",
                                                 .found = std::to_string(config.image_channels)});
    }
    return config;
  } catch (const core::Error& error) {
    core::ErrorParts words = error.parts();
    words.where = weights.string();
    throw core::Error(error.kind(), words);
  }
}

// The network's tensors, called as the file calls them.
io::NamedTensors under_the_files_names(const models::Vae& vae,
                                       const std::filesystem::path& weights) {
  std::map<std::string, std::string> names;  // today's, the file's
  for (const auto& [name, tensor] : io::read_tensors(weights)) {
    names[models::vae_tensor_name(name)] = name;
  }
  io::NamedTensors tensors;
  for (const auto& [name, tensor] : io::module_tensors(vae)) {
    const auto place = names.find(name);
    tensors.emplace_back(place == names.end() ? name : place->second, tensor);
  }
  return tensors;
}

// A few images at a time: at 256 pixels one takes 130 MB a layer.
template <class Make>
at::Tensor in_parts(int64_t count, const Make& make) {
  constexpr int64_t kAtOnce = 16;
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> parts;
  for (int64_t begin = 0; begin < count; begin += kAtOnce) {
    parts.push_back(make(begin, std::min(count, begin + kAtOnce)));
  }
  return at::cat(parts);
}

}  // namespace

LatentShape latent_shape(const std::filesystem::path& weights) {
  const models::VaeConfig config = config_of(weights);
  return {.factor = int64_t{1} << (config.widths.size() - 1), .channels = config.latent_channels};
}

LatentSpace::LatentSpace(const std::filesystem::path& weights, const at::Device& device)
    : vae_(std::make_shared<models::Vae>(config_of(weights))) {
  io::load_tensors(weights, under_the_files_names(*vae_, weights));
  vae_->to(device);
  vae_->eval();
}

at::Tensor LatentSpace::encode(const at::Tensor& images, const at::Tensor& noise) const {
  return in_parts(images.size(0), [&](int64_t begin, int64_t end) {
    return models::sample_latents(vae_->encode(images.slice(0, begin, end)),
                                  noise.slice(0, begin, end)) *
           models::kLatentScale;
  });
}

at::Tensor LatentSpace::decode(const at::Tensor& latents) const {
  return in_parts(latents.size(0), [&](int64_t begin, int64_t end) {
    return vae_->decode(latents.slice(0, begin, end) / models::kLatentScale);
  });
}

}  // namespace dyt::tasks
