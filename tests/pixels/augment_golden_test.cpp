// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/rand_augment.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

AugmentOp op_of(const std::string& name) {
  for (int op = 0; op < kAugmentOps; ++op) {
    if (augment_name(static_cast<AugmentOp>(op)) == name) {
      return static_cast<AugmentOp>(op);
    }
  }
  throw std::runtime_error("no operation " + name);
}

TEST(RandAugment, OperationsHaveTimmsBits) {
  const Golden golden("augment");
  golden.same_bits("augment", 280, [&](const Parts& parts) {
    RandAugmentConfig config;
    config.filter = filter_of_name(parts.at(2));
    return apply_augment(golden.image(parts.at(1)),
                         {.op = op_of(parts.at(3)), .argument = std::stod(parts.at(4))}, config);
  });
}

TEST(RandAugment, ArgumentsAreTimms) {
  const Golden golden("augment");
  const auto magnitudes = values_of<double>(golden.tensor("magnitudes"));
  ASSERT_EQ(magnitudes.size(), 41u);
  golden.each("argument", 12, [&](const Parts& parts, const formats::TensorEntry& entry) {
    const auto arguments = values_of<double>(entry);
    ASSERT_EQ(arguments.size(), 2 * magnitudes.size());
    for (size_t i = 0; i < arguments.size(); ++i) {
      EXPECT_EQ(augment_argument(op_of(parts.at(1)), magnitudes[i % 41], i >= 41), arguments[i])
          << magnitudes[i % 41];
    }
  });
}

TEST(RandAugment, NoBitsIsABlackImage) {
  const Image image = Golden("augment").image("rgb");
  const Image black = apply_augment(image, {.op = AugmentOp::kPosterize, .argument = 0}, {});
  EXPECT_EQ(black.pixels, std::vector<uint8_t>(image.pixels.size(), 0));
}

}  // namespace
}  // namespace dyt::pixels
