// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/site.h"

#include "dyt/core/error.h"

namespace dyt::nn {

std::string site_name(Site site) {
  switch (site) {
    case Site::kAttention:
      return "attention";
    case Site::kFfn:
      return "ffn";
    case Site::kFinal:
      return "final";
    case Site::kQk:
      return "qk";
    case Site::kStem:
      return "stem";
    case Site::kDownsample:
      return "downsample";
    case Site::kConv:
      return "conv";
  }
  throw core::Error(core::ErrorKind::kInternal, {.what = "a norm site without a name"});
}

}  // namespace dyt::nn
