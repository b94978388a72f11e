// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/config.h"

#include <gtest/gtest.h>

#include "dyt/core/files.h"
#include "dyt/core/key_suggestion.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

using testing::expect_error;

struct Inner {
  std::string name = "vit";
  double lr = 3e-3;
  bool affine = true;
  void visit_fields(Fields& fields) {
    fields.add("name", name, {.help = "which", .choices = {"vit", "convnext"}});
    fields.add("lr", lr, {.help = "learning rate", .min = 0, .max = 10});
    fields.add("affine", affine, {.help = "weight and bias"});
  }
};

struct Outer {
  int64_t depth = 4;
  std::vector<int64_t> seeds = {0, 1};
  std::vector<double> lrs = {1e-3, 3e-3};
  std::vector<std::string> slots = {"layer_norm", "dyt:alpha0=auto"};
  std::string out;
  Inner model;
  void visit_fields(Fields& fields) {
    fields.add("depth", depth, {.help = "blocks", .min = 1, .max = 100});
    fields.add("seeds", seeds, {.help = "seeds", .min = 0, .count_as_range = true});
    fields.add("lrs", lrs, {.help = "rates", .min = 0});
    fields.add("slots", slots, {.help = "slots"});
    fields.add("out", out, {.help = "folder", .identity = false});
    fields.group("model", model);
  }
};

TEST(Config, OverridesOfEveryType) {
  Outer config;
  const Fields fields = fields_of(config);
  apply_override(fields, "depth=12");
  apply_override(fields, "seeds=3,5");
  apply_override(fields, "lrs=[1e-2]");
  apply_override(fields, "slots=none,dyt:alpha0=0.5");
  apply_override(fields, "model.lr=+1e-1");
  apply_override(fields, "model.affine=false");
  apply_override(fields, "model=convnext");
  EXPECT_EQ(config.depth, 12);
  EXPECT_EQ(config.seeds, (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(config.lrs, (std::vector<double>{1e-2}));
  EXPECT_EQ(config.slots, (std::vector<std::string>{"none", "dyt:alpha0=0.5"}));
  EXPECT_EQ(config.model.lr, 0.1);
  EXPECT_FALSE(config.model.affine);
  EXPECT_EQ(config.model.name, "convnext");
}

TEST(Config, ACountStandsForARange) {
  Outer config;
  const Fields fields = fields_of(config);
  apply_override(fields, "seeds=3");
  EXPECT_EQ(config.seeds, (std::vector<int64_t>{0, 1, 2}));
  apply_override(fields, "seeds=[3]");
  EXPECT_EQ(config.seeds, (std::vector<int64_t>{3}));
  apply_toml_text(fields, "seeds = 2", "a.toml");
  EXPECT_EQ(config.seeds, (std::vector<int64_t>{0, 1}));
  expect_error(ErrorKind::kUsage, "seeds", [&] { apply_override(fields, "seeds=0"); });
}

TEST(Config, MistakesAreNamed) {
  Outer config;
  const Fields fields = fields_of(config);
  const auto wrong = [&](const char* assignment, const char* part) {
    expect_error(ErrorKind::kUsage, part, [&] { apply_override(fields, assignment); });
  };
  wrong("dpeth=3",
        "unknown key 'dpeth'\n  where:    command line\n  to do:    did you mean 'depth'?");
  wrong("model.lrr=3", "did you mean 'model.lr'?");
  wrong("depth=abc", "expected: integer, from 1 to 100\n  found:    abc");
  wrong("depth=0", "from 1 to 100");
  wrong("depth=3.5", "integer");
  wrong("depth=", "integer");
  wrong("model.lr=nan", "number, from 0 to 10");
  wrong("model.lr=1e999", "number");
  wrong("model.affine=maybe", "true or false");
  wrong("model=vti", "did you mean 'vit'?");
  wrong("depth", "key=value");
  wrong("=3", "key=value");
  EXPECT_EQ(config.depth, 4) << "a refused value must change nothing";
}

TEST(Config, AnUnknownKeyOffersTheNearOnesOfItsGroup) {
  const std::vector<std::string> keys = {"seed",
                                         "out",
                                         "data.folder",
                                         "data.image_size",
                                         "model.image_size",
                                         "model.depth",
                                         "model.num_heads",
                                         "optim.lr",
                                         "optim.lr_min",
                                         "optim.weight_decay",
                                         "train.epochs",
                                         "train.batch_size"};
  const auto offered = [&](const char* key) { return key_suggestion(key, keys); };
  EXPECT_EQ(offered("optim.learning_rate"), "did you mean 'optim.lr'?");
  EXPECT_EQ(offered("optim.weight_dcay"), "did you mean 'optim.weight_decay'?");
  EXPECT_EQ(offered("train.lr"), "did you mean 'optim.lr'?") << "it stands in another group";
  EXPECT_EQ(offered("lr"), "did you mean 'optim.lr'?");
  EXPECT_EQ(offered("batch_size"), "did you mean 'train.batch_size'?");
  EXPECT_EQ(offered("model.num_layers"), "did you mean 'model.depth'?");
  EXPECT_EQ(offered("image_size"), "did you mean 'data.image_size' or 'model.image_size'?");
  EXPECT_EQ(offered("optim.quite_other"),
            "keys of optim: optim.lr, optim.lr_min, optim.weight_decay");
  EXPECT_EQ(offered("sede"), "did you mean 'seed'?");
  EXPECT_EQ(offered("something.else"),
            "known: seed, out, data.*, model.*, optim.*, train.*; --help lists all keys");
}

TEST(Config, TomlFile) {
  Outer config;
  const Fields fields = fields_of(config);
  apply_toml_text(fields, "depth = 6\nslots = ['a', \"b\"]\nlrs = [1, 2.5]\n[model]\nlr = 1e-2\n",
                  "a.toml");
  EXPECT_EQ(config.depth, 6);
  EXPECT_EQ(config.slots, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.lrs, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(config.model.lr, 1e-2);
  apply_toml_text(fields, "model = \"convnext\"", "a.toml");
  EXPECT_EQ(config.model.name, "convnext");
}

TEST(Config, TomlMistakesNameTheLine) {
  Outer config;
  const Fields fields = fields_of(config);
  const auto wrong = [&](const char* text, const char* part) {
    expect_error(ErrorKind::kUsage, part, [&] { apply_toml_text(fields, text, "a.toml"); });
  };
  wrong("depth = 3\n\ndpth = 4", "where:    a.toml:3");
  wrong("depth = \"3\"", "wrong type for 'depth'");
  wrong("depth = [3]", "found:    a list");
  wrong("slots = [1]", "wrong type for 'slots'");
  wrong("model.affine = 1", "true or false");
  wrong("depth = = 3", "a.toml:1");
  expect_error(ErrorKind::kData, "cannot open",
               [&] { apply_toml_file(fields, "/nowhere/a.toml"); });
}

TEST(Config, WrittenTomlReadsBack) {
  Outer config;
  config.out = "a \"b\" \\ \xC3\xBC";
  config.lrs = {1.0, 1e-300};
  config.seeds = {4};
  Outer copy;
  apply_toml_text(fields_of(copy), to_toml(fields_of(config)), "a.toml");
  EXPECT_EQ(copy.out, config.out);
  EXPECT_EQ(copy.lrs, config.lrs);
  EXPECT_EQ(copy.seeds, config.seeds);
  EXPECT_EQ(to_toml(fields_of(copy)), to_toml(fields_of(config)));
}

TEST(Config, PlainValuesReadBackAsOverrides) {
  Outer config;
  config.seeds = {4};
  Outer copy;
  const Fields fields = fields_of(config);
  for (const Field& field : fields.list()) {
    apply_override(fields_of(copy), field.key + "=" + plain_value(field));
  }
  EXPECT_EQ(to_toml(fields_of(copy)), to_toml(fields_of(config)));
}

TEST(Config, IdentityLeavesOutWhatDoesNotDecideResults) {
  Outer config, other;
  other.out = "elsewhere";
  EXPECT_EQ(identity_text(fields_of(config)), identity_text(fields_of(other)));
  other.depth = 5;
  EXPECT_NE(identity_text(fields_of(config)), identity_text(fields_of(other)));
}

TEST(Config, HelpShowsDefaultAndBounds) {
  Outer config;
  const std::string help = help_text(fields_of(config));
  EXPECT_NE(help.find("depth = 4\n      blocks (integer, from 1 to 100)"), std::string::npos)
      << help;
  EXPECT_NE(help_json_text(fields_of(config)).find("\"default\": 4"), std::string::npos);
}

}  // namespace
}  // namespace dyt::core
