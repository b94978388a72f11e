#include "dyt/tasks/run_config.h"

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/core/version.h"
#include "dyt/ops/device.h"

namespace dyt::tasks {
namespace {

void take_from_data(const char* key, int64_t& value, int64_t from_data) {
  if (value != 0 && value != from_data) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = std::string("'") + key + "' does not fit the data",
                       .expected = std::to_string(from_data) + " (or 0: take it from the data)",
                       .found = std::to_string(value)});
  }
  value = from_data;
}

}  // namespace

void visit_run_fields(RunConfig& config, core::Fields& fields) {
  fields.add(
      "device", config.device,
      {.help = "where the model lives: auto (a GPU where one can be used), cpu, cuda, cuda:i",
       .identity = false});
  fields.group("data", config.data);
  fields.group("model", config.model);
  models::InitKeys init{config.model};
  fields.group("init", init);
  fields.group("optim", config.optim);
  fields.group("augment", config.augment);
  fields.group("train", config.train);
}

void RunConfig::visit_fields(core::Fields& fields) {
  fields.add("seed", seed,
             {.help = "seed of every random stream of the run", .min = 0, .max = 1e15});
  fields.add("out", out,
             {.help = "folder of the run; empty: runs/train-<data>", .identity = false});
  visit_run_fields(*this, fields);
}

void fit_to_data(RunConfig& config, const data::ImageData& data) {
  take_from_data("model.image_size", config.model.image_size(), data.image_size);
  take_from_data("model.channels", config.model.channels(), data.channels);
  take_from_data("model.num_classes", config.model.num_classes(), data.num_classes);
  config.model.validate();
  train::steps_per_epoch(config.train, data.train.labels.numel());
}

std::string run_identity(RunConfig config, const std::string& data_checksum) {
  return core::sha256_hex(core::identity_text(core::fields_of(config)) +
                          "\ndata_checksum=" + data_checksum +
                          "\ndevice=" + ops::device_kind(ops::device_of(config.device)) +
                          "\nresults_version=" + std::to_string(core::kResultsVersion));
}

}  // namespace dyt::tasks
