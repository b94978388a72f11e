// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_config.h"

#include <charconv>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::bench {
namespace {

int64_t positive(const std::string& digits) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

void OpsBenchConfig::visit_fields(core::Fields& fields) {
  fields.add("shapes", shapes, {.help = "rows x channels, as 4096x768"});
  fields.add(
      "dtypes", dtypes,
      {.help = "types of the tensors", .choices = {"float32", "float64", "bfloat16", "float16"}});
  fields.add(
      "passes", passes,
      {.help = "forward: without gradients; training: forward and backward by autograd; add: "
               "forward with the residual addition",
       .choices = {"forward", "training", "add"}});
  fields.add(
      "outputs", outputs,
      {.help = "reused: freed memory stays with the process; fresh: large results are new pages "
               "of the system each time",
       .choices = {"reused", "fresh"}});
  fields.add(
      "cache", cache,
      {.help = "warm: the same input every time; cold: inputs in turn, four last-level caches of "
               "them, 512 MiB at most",
       .choices = {"warm", "cold"}});
  fields.add("threads", threads, {.help = "0: all cores", .min = 0, .max = 1024});
  fields.add("function", function, {.help = "f of the point-wise family"});
  fields.add(
      "device", device,
      {.help = "where the tensors live: auto (a GPU where one can be used), cpu, cuda, cuda:i"});
  fields.add(
      "python", python,
      {.help = "a Python with PyTorch, whose torch.compile makes peers; empty: without them"});
  fields.add("implementations", implementations,
             {.help = "on the CPU every implementation of the kernels by itself too, without "
                      "LibTorch around it"});
  fields.add("rounds", rounds, {.help = "turns of every contender", .min = 3, .max = 1e4});
  fields.add("block_ms", block_ms,
             {.help = "length of a turn, milliseconds", .min = 0.1, .max = 1e5});
}

BenchShape parse_shape(const std::string& text) {
  const std::vector<std::string> parts = core::split(text, 'x');
  const BenchShape shape{parts.size() == 2 ? positive(parts[0]) : 0,
                         parts.size() == 2 ? positive(parts[1]) : 0};
  if (shape.rows < 1 || shape.channels < 1 || shape.rows > (int64_t{1} << 40) / shape.channels) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "not a shape",
                                                .where = "shapes",
                                                .expected = "rows x channels, as 4096x768",
                                                .found = text});
  }
  return shape;
}

}  // namespace dyt::bench
