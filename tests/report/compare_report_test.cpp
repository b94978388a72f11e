// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/compare_report.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"
#include "tests/report/page_check.h"
#include "tests/report/sample.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void expect_sound(const std::string& page) {
  EXPECT_EQ(PageCheck(page).problem(), "");
  for (const char* leftover : {"nan", "NaN", "inf %", "{}", "%d", "%s", "(null)"}) {
    EXPECT_FALSE(contains(page, std::string(">") + leftover)) << leftover;
  }
  for (const char* external : {"<script", "<link", "<img", "src=", "@import", "url(http"}) {
    EXPECT_FALSE(contains(page, external)) << external;
  }
}

TEST(CompareReport, HasAllSectionsInOrder) {
  const std::string page = compare_report_html(sample_compare().dump());
  expect_sound(page);
  size_t last = 0;
  for (const char* part : {"Norm slots compared: digits",
                           "Same model, data, recipe, seeds",
                           "matches LayerNorm",
                           "of which one weighs 0.28 points",
                           "What it means",
                           "without any norm trained too",
                           "alpha0 = 0.5 is published",
                           "How sure, in detail",
                           "<h2>Results",
                           "Parameters",
                           "209,738",
                           "picked on the test",
                           "seed_accuracy",
                           "differences",
                           "<h2>Training curves",
                           "accuracy_curves",
                           "loss_curves",
                           "alpha of each layer",
                           "alpha_1",
                           "alpha_2",
                           "<h2>Stability strip",
                           "Figure 10",
                           "diverged<small>step 37",
                           "<h2>Health",
                           "▲ warning",
                           "health_1",
                           "What to try",
                           "<h2>To repeat it",
                           "dyt compare out=runs/demo",
                           "Example CPU",
                           "depth = 4"}) {
    const size_t at = page.find(part, last);
    EXPECT_NE(at, std::string::npos) << part;
    last = at == std::string::npos ? last : at;
  }
}

TEST(CompareReport, QuotesTheSentences) {
  const Json json = sample_compare();
  const std::string page = compare_report_html(json.dump());
  for (size_t i = 1; i < json["slots"].size(); ++i) {
    EXPECT_TRUE(contains(page, json["slots"][i]["versus_baseline"]["sentence"].get<std::string>()));
  }
}

TEST(CompareReport, SaysWhereItLost) {
  Json json = sample_compare();
  json["slots"][1]["versus_baseline"]["verdict"] = "worse";
  EXPECT_TRUE(contains(compare_report_html(json.dump()), "lost to LayerNorm here"));
}

TEST(CompareReport, EscapesEveryText) {
  const std::string evil = "<script>alert('x')</script> & \"q\" `id`";
  Json json = sample_compare();
  for (const char* key : {"title", "command", "config_toml"}) {
    json[key] = evil;
  }
  for (const char* key : {"name", "summary", "source", "licence", "checksum"}) {
    json["data"][key] = evil;
  }
  json["model"]["summary"] = evil;
  json["warnings"] = {evil};
  json["environment"][evil] = evil;
  for (Json& slot : json["slots"]) {
    slot["label"] = evil;
    if (!slot["versus_baseline"].is_null()) {
      slot["versus_baseline"]["sentence"] = evil;
      slot["versus_baseline"]["seeds_to_decide_text"] = evil;
    }
    for (Json& run : slot["seeds"]) {
      for (Json& layer : run["alpha"]) {
        layer["name"] = evil + layer["name"].get<std::string>();
      }
      for (Json& layer : run["health"]) {
        layer["name"] = evil + layer["name"].get<std::string>();
        layer["site"] = evil;
      }
    }
  }
  json["strip"]["slots"][0]["slot"] = evil;
  expect_sound(compare_report_html(json.dump()));
}

// "Undecided" far below the baseline must not read as "nothing lost".
TEST(CompareReport, NoNormFarBelowAndUndecidedClaimsNothing) {
  Json json = sample_compare();
  for (Json& slot : json["slots"]) {
    if (slot["slot"] != "none") {
      continue;
    }
    slot["versus_baseline"]["verdict"] = "undecided";
    slot["versus_baseline"]["difference_points"]["mean"] = -13.7;
    const std::string far = compare_report_html(json.dump());
    EXPECT_TRUE(contains(far, "these seeds do not settle"));
    EXPECT_FALSE(contains(far, "not measurably worse"));
    slot["versus_baseline"]["difference_points"]["mean"] = -0.3;
    EXPECT_TRUE(contains(compare_report_html(json.dump()), "not measurably worse"));
    return;
  }
  FAIL() << "the sample has no slot without a norm";
}

struct Change {
  const char* reason;
  std::function<void(Json&)> apply;
};

void make_all_diverge(Json& json, size_t slot) {
  for (Json& run : json["slots"][slot]["seeds"]) {
    run["status"] = "diverged";
    run["test_accuracy"] = run["test_loss"] = run["train_loss"] = run["best"] = nullptr;
    run["curve"] = run["health"] = Json::array();
  }
  json["slots"][slot]["accuracy"] = {{"mean", nullptr}, {"std", nullptr}, {"best_mean", nullptr}};
  json["slots"][slot]["loss"] = {{"mean", nullptr}, {"std", nullptr}};
  json["slots"][slot]["diverged"] = json["slots"][slot]["seeds"].size();
}

TEST(CompareReport, ShowsWhatEvaluationsMeasuredBesides) {
  Json json = sample_compare();
  EXPECT_FALSE(contains(compare_report_html(json.dump()), "Measured besides"));
  for (Json& slot : json["slots"]) {
    slot["measures"] = {
        {{"name", "apart"}, {"title", "how far apart <b>"}, {"mean", 0.25}, {"std", nullptr}}};
  }
  json["slots"][1]["measures"] = Json::array();
  const std::string page = compare_report_html(json.dump());
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(contains(page, "Measured besides"));
  EXPECT_TRUE(contains(page, "how far apart &lt;b&gt;"));
  EXPECT_TRUE(contains(page, "0.2500"));
  EXPECT_TRUE(contains(compare_table_text(json.dump()), "how far apart <b>: 0.2500"));
}

TEST(CompareReport, ShowsThePicturesOfTheFirstSeedSlotBySlot) {
  Json json = sample_compare();
  for (Json& slot : json["slots"]) {
    const std::string file =
        "slots/" + slot["slot"].get<std::string>() + "/seed-0/pictures/samples.png";
    slot["seeds"][0]["pictures"] = {{{"file", file}, {"caption", "Drawn <b>"}}};
  }
  json["accuracy_of"] = "drawn pictures of their class";
  EXPECT_FALSE(contains(compare_report_html(json.dump()), "<h2>Pictures"));
  std::vector<std::string> asked;
  const std::string page = compare_report_html(json.dump(), [&](const std::string& file) {
    asked.push_back(file);
    return asked.size() == 2 ? std::string() : std::string("PNG of ") + file;
  });
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(contains(page, "Pictures of the first seed"));
  EXPECT_TRUE(contains(page, "Drawn &lt;b&gt;"));
  EXPECT_TRUE(contains(page, "drawn pictures of their class"));
  EXPECT_FALSE(contains(page, "Test accuracy (%)"));
  EXPECT_EQ(asked.size(), json["slots"].size());
  EXPECT_TRUE(contains(asked[0], "/seed-0/pictures/samples.png"));
}

TEST(CompareReport, GapsInTheDataAreFine) {
  const Change kChanges[] = {
      {"no cost, no strip", [](Json& json) { json["cost"] = json["strip"] = nullptr; }},
      {"no share",
       [](Json& json) {
         for (Json& slot : json["cost"]["slots"]) {
           slot["time_share_ms"] = nullptr;
         }
       }},
      {"a slot that diverged in all seeds", [](Json& json) { make_all_diverge(json, 3); }},
      {"everything diverged",
       [](Json& json) {
         for (size_t i = 0; i < 4; ++i) {
           make_all_diverge(json, i);
         }
       }},
      {"no comparison", [](Json& json) { json["slots"][1]["versus_baseline"] = nullptr; }},
      {"no intervals",
       [](Json& json) {
         Json& versus = json["slots"][1]["versus_baseline"];
         versus["difference_points"]["interval95"] = versus["image_interval95_points"] = nullptr;
         versus["difference_points"]["per_seed"] = Json::array();
         versus["verdict"] = "none";
       }},
      {"one slot", [](Json& json) { json["slots"] = Json::array({json["slots"][0]}); }},
      {"no seeds", [](Json& json) { json["slots"][0]["seeds"] = Json::array(); }},
      {"no texts, no environment",
       [](Json& json) {
         for (const char* key : {"title", "command", "data", "model", "warnings", "config",
                                 "config_toml", "environment", "margin_points"}) {
           json.erase(key);
         }
       }},
      {"no curves",
       [](Json& json) {
         for (Json& slot : json["slots"]) {
           for (Json& run : slot["seeds"]) {
             run["curve"] = run["alpha"] = run["health"] = Json::array();
           }
         }
       }},
      {"null in curves and alphas",
       [](Json& json) {
         json["slots"][1]["seeds"][0]["curve"][3]["train_loss"] = nullptr;
         json["slots"][1]["seeds"][0]["alpha"][2]["values"][4] = nullptr;
         json["slots"][1]["seeds"][0]["health"][0]["alpha"] = nullptr;
         json["slots"][1]["seeds"][0]["health"][1]["saturated"] = nullptr;
       }},
      {"strip of another shape",
       [](Json& json) {
         json["strip"]["slots"][0]["cells"].erase(1);
         json["strip"]["slots"][1]["cells"][0]["test_accuracy"] = nullptr;
         json["strip"]["slots"][2]["cells"] = Json::array();
       }},
      {"every layer saturated",
       [](Json& json) {
         for (Json& layer : json["slots"][2]["seeds"][0]["health"]) {
           layer["saturated"] = 1.0;
           layer["level"] = "alarm";
         }
       }},
  };
  for (const Change& change : kChanges) {
    SCOPED_TRACE(change.reason);
    Json json = sample_compare();
    change.apply(json);
    expect_sound(compare_report_html(json.dump()));
    EXPECT_FALSE(compare_table_text(json.dump()).empty());
  }
}

TEST(CompareReport, OtherSizesAreFine) {
  SampleOptions many{.seeds = 2, .epochs = 3, .depth = 12};
  for (int i = 0; i < 10; ++i) {
    many.slots.push_back({.slot = "derf:alpha0=0." + std::to_string(i) + ":shift=true:weight=false",
                          .label = "Derf with a very long name, number " + std::to_string(i),
                          .alpha0 = 0.5,
                          .strip = {0.9, 0.8, 0.7, -12},
                          .diverges = i == 4});
  }
  const SampleOptions kOptions[] = {{.seeds = 1}, {.epochs = 1}, {.depth = 40}, many};
  for (const SampleOptions& options : kOptions) {
    expect_sound(compare_report_html(sample_compare(options).dump()));
  }
}

TEST(CompareReport, BadInputIsAnErrorThatNamesThePlace) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "byte"},
      {"{\"version\":1", "byte"},
      {"[]", "top level"},
      {"{}", "version"},
      {"{\"version\":2,\"slots\":[{\"slot\":\"a\"}]}", "version"},
      {"{\"version\":1,\"slots\":[]}", "slots"},
      {"{\"version\":1,\"slots\":[{}]}", "slots[0].slot"},
      {"{\"version\":1,\"slots\":[7]}", "slots[0]"},
      {"{\"version\":1,\"slots\":[{\"slot\":\"a\",\"accuracy\":{\"mean\":\"x\"}}]}",
       "slots[0].accuracy.mean"},
      {"{\"version\":1,\"slots\":[{\"slot\":\"a\",\"seeds\":[{\"status\":\"odd\"}]}]}",
       "slots[0].seeds[0].status"},
  };
  for (const auto& [text, place] : kCases) {
    SCOPED_TRACE(text);
    try {
      compare_report_html(text);
      ADD_FAILURE() << "no error";
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kData);
      EXPECT_TRUE(contains(error.parts().where, place)) << error.what();
    }
    EXPECT_THROW(compare_table_text(text), core::Error);
  }
}

TEST(CompareTable, FitsTheTerminal) {
  SampleOptions wide;
  wide.slots = default_sample_slots();
  wide.slots[2].label = "DyT with a label that is far too long for a table in a terminal";
  for (const std::string& text : {compare_table_text(sample_compare().dump()),
                                  compare_table_text(sample_compare(wide).dump())}) {
    for (const std::string& line : core::split(text, '\n')) {
      EXPECT_LE(character_count(line), 100u) << line;
    }
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
  }
}

TEST(CompareTable, HasNumbersSentencesAndWarnings) {
  const Json json = sample_compare();
  const std::string text = compare_table_text(json.dump());
  for (const char* part : {"accuracy %", "share", "diverged", "LayerNorm", "0/5", "209738", "+-",
                           "warning: alpha0 = 0.5", "picked on the test images"}) {
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
  }
  EXPECT_TRUE(contains(text, json["slots"][2]["versus_baseline"]["sentence"].get<std::string>()));
}

TEST(CompareTable, SendsNoControlCharacters) {
  Json json = sample_compare();
  json["slots"][1]["label"] = "a\x1b[31mred";
  json["warnings"] = {"b\x07\ttab"};
  const std::string text = compare_table_text(json.dump());
  for (const char byte : text) {
    EXPECT_TRUE(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
  }
}

}  // namespace
}  // namespace dyt::report
