// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/picture_network.h"

#include <ATen/ops/cat.h>
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/data/plain_batch.h"
#include "dyt/io/tensor_file.h"
#include "dyt/models/inception.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/open_run.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr int64_t kPictureBatch = 32;
constexpr double kLargestByte = 255;

void check_weights_file(const fs::path& weights) {
  if (weights.extension() != ".safetensors") {
    throw Error(
        ErrorKind::kUsage,
        {.what = "the weights of Inception are not in a .safetensors file",
         .where = "inception",
         .expected = "the tensors of pt_inception-2015-12-05-6726825d.pth as safetensors",
         .found = weights.string(),
         .todo = "convert the file: docs/vision.md, 'How good are the pictures', says how"});
  }
}

void check_picture(const PictureSource& source, int64_t number, const formats::Image& picture,
                   const PictureNetwork& network) {
  const auto size = [](int64_t width, int64_t height) {
    return std::to_string(width) + "x" + std::to_string(height) + " pixels";
  };
  if (network.side != 0 && (picture.height != network.side || picture.width != network.side)) {
    throw Error(ErrorKind::kData,
                {.what = "a picture is of another size than those that the network sees",
                 .where = source.place(number),
                 .expected = size(network.side, network.side) + ", as the " + network.name,
                 .found = size(picture.width, picture.height),
                 .todo = "take a classifier of pictures of this size, or bring them to the other"});
  }
  if (picture.channels > network.channels) {
    throw Error(ErrorKind::kData, {.what = "a picture in colours, for a network that sees grey",
                                   .where = source.place(number),
                                   .expected = "grey pictures, as the " + network.name,
                                   .found = std::to_string(picture.channels) + " channels",
                                   .todo = "take a classifier of pictures in colours"});
  }
}

at::Tensor planes_of(const formats::Image& picture, int64_t channels) {  // (channels, H, W)
  const at::Tensor interleaved =
      at::empty({picture.height, picture.width, picture.channels}, at::kByte);
  std::copy(picture.pixels.begin(), picture.pixels.end(), interleaved.mutable_data_ptr<uint8_t>());
  return interleaved.permute({2, 0, 1}).expand({channels, -1, -1});
}

// The pictures from `begin` on that are of one size, at most kPictureBatch.
at::Tensor next_batch(const PictureSource& source, int64_t begin, const PictureNetwork& network) {
  std::vector<at::Tensor> rows;
  const int64_t end = std::min(source.count, begin + kPictureBatch);
  for (int64_t n = begin; n < end; ++n) {
    const formats::Image picture = source.picture(n);
    check_picture(source, n, picture, network);
    const at::Tensor row = planes_of(picture, network.channels);
    if (!rows.empty() && rows.front().sizes() != row.sizes()) {
      break;
    }
    rows.push_back(row);
  }
  return at::stack(rows);
}

void check_finite(const PictureSource& source, int64_t begin, const at::Tensor& rows,
                  const PictureNetwork& network) {
  const at::Tensor finite = rows.flatten(1).isfinite().all(1);
  if (!finite.all().item<bool>()) {
    const auto row = finite.logical_not().nonzero()[0][0].item<int64_t>();
    throw Error(ErrorKind::kData, {.what = "the features of a picture are not finite",
                                   .where = source.place(begin + row),
                                   .found = "features of the " + network.name,
                                   .todo = "check the network's weights"});
  }
}

struct Parts {
  std::vector<at::Tensor> pooled, spatial, logits;
};

at::Tensor joined(const std::vector<at::Tensor>& parts) {
  return parts.empty() ? at::Tensor() : at::cat(parts);
}

models::ImageClassifier& classifier_of(const OpenRun& run, const fs::path& folder) {
  auto* classifier = dynamic_cast<models::ImageClassifier*>(&run.task->model());
  if (classifier == nullptr) {
    throw Error(ErrorKind::kUsage,
                {.what = "features of pictures come from a classifier",
                 .where = folder.string(),
                 .expected = "a run of model=vit, convnext, resnet, vgg or their relatives",
                 .found = "model " + run.config.model.name});
  }
  return *classifier;
}

}  // namespace

PictureNetwork inception_network(const fs::path& weights, const std::string& device) {
  check_weights_file(weights);
  const auto model = std::make_shared<models::Inception>();
  io::load_tensors(weights, io::module_tensors(*model));
  const at::Device place = ops::device_of(device);
  model->to(place);
  return {.name = "Inception", .run = [model, place](const at::Tensor& pixels) {
            const models::InceptionFeatures features = model->forward(pixels.to(place));
            return PictureFeatures{.pooled = features.pooled,
                                   .spatial = features.spatial,
                                   .logits = model->logits(features.pooled)};
          }};
}

PictureNetwork classifier_network(const fs::path& folder,
                                  const std::vector<std::string>& overrides) {
  const auto run = std::make_shared<OpenRun>(open_run(folder, "last", overrides));
  models::ImageClassifier& classifier = classifier_of(*run, folder);
  classifier.eval();
  // Pictures of any source get the same normalization as the run's own images.
  data::ImageData about = run->images;
  about.channels = run->config.model.channels();
  about.scale = kLargestByte;
  const at::Device place = ops::device_of(run->config.device);
  const char* note = run->data_differences.empty() ? "" : ", whose data are others now";
  return {.name = "classifier " + folder.string() + note,
          .side = run->config.model.image_size(),
          .channels = about.channels,
          .run =
              [run, about, place, &classifier](const at::Tensor& pixels) {
                const data::ImageSplit split{.images = pixels.contiguous(),
                                             .labels = at::zeros({pixels.size(0)}, at::kLong)};
                const at::Tensor images = data::plain_batch(about, split, 0, pixels.size(0));
                const at::Tensor pooled = classifier.pooled(images.to(place));
                return PictureFeatures{
                    .pooled = pooled, .spatial = {}, .logits = classifier.logits(pooled)};
              },
          .data_differences = run->data_differences};
}

PictureFeatures features_of(const PictureSource& source, const PictureNetwork& network,
                            const std::function<void(int64_t)>& on_progress) {
  const at::NoGradGuard no_grad;
  Parts parts;
  for (int64_t begin = 0; begin < source.count;) {
    const at::Tensor pixels = next_batch(source, begin, network);
    const PictureFeatures batch = network.run(pixels);
    const auto add = [&](const at::Tensor& rows, std::vector<at::Tensor>& list) {
      if (rows.defined()) {
        check_finite(source, begin, rows, network);
        list.push_back(rows.cpu());
      }
    };
    add(batch.pooled, parts.pooled);
    add(batch.spatial, parts.spatial);
    add(batch.logits, parts.logits);
    begin += pixels.size(0);
    if (on_progress) {
      on_progress(begin);
    }
  }
  return {.pooled = joined(parts.pooled),
          .spatial = joined(parts.spatial),
          .logits = joined(parts.logits)};
}

}  // namespace dyt::tasks
