// SPDX-License-Identifier: Apache-2.0
// A run or a comparison killed with SIGKILL at random moments and given again ends with the very
// bits of an unbroken one.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "dyt/core/process.h"
#include "dyt/core/random.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Killed : public ::testing::Test {
 protected:
  // The arguments with this test's folder, which is the same for all: its name is in the files.
  std::vector<std::string> command(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = arguments;
    all.push_back("out=" + out_.string());
    return all;
  }

  void run_unbroken(const std::vector<std::string>& arguments) {
    const Clock::time_point begin = Clock::now();
    const CommandResult result = run_dyt(command(arguments));
    ASSERT_EQ(result.status, 0) << result.errors;
    duration_ = Clock::now() - begin;
    unbroken_ = folder_content(out_);
    fs::remove_all(out_);
  }

  void kill_after(const std::vector<std::string>& arguments, Seconds moment) const {
    std::vector<std::string> all = command(arguments);
    all.insert(all.begin(), DYT_COMMAND);
    core::Process process({.arguments = all, .error_path = "/dev/null"});
    std::this_thread::sleep_for(moment);
    process.send_signal(SIGKILL);
    process.wait();
  }

  // `kills` in all; one to three in a row before the command is let through to its end.
  void kill_and_compare(const std::vector<std::string>& arguments, int kills) {
    core::RandomStream random(0, "moments");
    run_unbroken(arguments);
    for (int done = 0; done < kills;) {
      const int in_a_row = std::min<int>(kills - done, 1 + static_cast<int>(random.below(3)));
      std::string moments;
      for (int i = 0; i < in_a_row; ++i, ++done) {
        const Seconds moment = random.uniform() * duration_;
        moments += std::to_string(moment.count()) + " s ";
        kill_after(arguments, moment);
      }
      SCOPED_TRACE("killed after " + moments + "of " + std::to_string(duration_.count()) + " s");
      const CommandResult result = run_dyt(command(arguments));
      ASSERT_EQ(result.status, 0) << result.errors;
      expect_as_unbroken();
      fs::remove_all(out_);
    }
  }

  void expect_as_unbroken() const {
    const auto content = folder_content(out_);
    for (const auto& [name, bytes] : unbroken_) {
      ASSERT_TRUE(content.contains(name)) << name << " is missing";
      EXPECT_TRUE(content.at(name) == bytes) << name << " differs";
    }
    for (const auto& [name, bytes] : content) {
      EXPECT_TRUE(unbroken_.contains(name)) << name << " is left over";
    }
  }

  TempFolder folder_;
  fs::path out_ = folder_ / "out";
  Seconds duration_{};
  std::map<std::string, std::string> unbroken_;
};
using KilledSlow = Killed;

std::vector<std::string> short_compare(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = tiny_run(
      "compare",
      {"slots=layer_norm,dyt:alpha0=auto", "seeds=2", "strip.lrs=1e-3,3e-3", "strip.epochs=1"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST_F(Killed, ARunEndsWithTheSameBits) {
  kill_and_compare(tiny_run("train", {"train.epochs=8", "model.norm=dyt:alpha0=auto"}), 20);
}

TEST_F(Killed, AComparisonEndsWithTheSameBits) {
  kill_and_compare(short_compare({"cost.enabled=false"}), 4);
}

TEST_F(KilledSlow, AComparisonEndsWithTheSameBits) {
  kill_and_compare(short_compare({"cost.rounds=10", "cost.steps_per_round=1"}), 20);
}

}  // namespace
}  // namespace dyt::testing
