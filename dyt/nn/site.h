// SPDX-License-Identifier: Apache-2.0
// Where in a network a norm slot stands. Some rules go by it: the published alpha0, health reports.
//
//   site_name(Site::kFfn);   // "ffn"
#pragma once

#include <array>
#include <string>

namespace dyt::nn {

enum class Site {
  kAttention,   // before an attention branch
  kFfn,         // before a feed-forward branch
  kFinal,       // after the last block, before the head
  kQk,          // on queries and keys, per head
  kStem,        // between an input embedding and the first block
  kDownsample,  // before a convolution that halves the image
  kConv         // behind a convolution
};

inline constexpr std::array<Site, 7> kSites = {Site::kAttention, Site::kFfn,  Site::kFinal,
                                               Site::kQk,        Site::kStem, Site::kDownsample,
                                               Site::kConv};

std::string site_name(Site site);

}  // namespace dyt::nn
