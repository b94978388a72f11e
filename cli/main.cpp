// SPDX-License-Identifier: Apache-2.0
// The `dyt` command: parses, calls the library, prints, and turns an error's kind into the exit
// code.
#include <c10/util/Exception.h>
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <string_view>

#include "cli/command.h"
#include "cli/signals.h"
#include "dyt/core/error.h"
#include "dyt/core/lookup.h"
#include "dyt/core/memory.h"
#include "dyt/core/shell.h"
#include "dyt/core/text.h"
#include "dyt/core/user_path.h"
#include "dyt/core/version.h"

namespace dyt::cli {
namespace {

constexpr Command kCommands[] = {
    {"compare", "train the same model with several norm slots and say what differs",
     declare_compare},
    {"train", "one training run", declare_train},
    {"eval", "evaluate a run's checkpoint", declare_eval},
    {"sample", "draw pictures from a run of diffusion", declare_sample},
    {"fid", "how good generated pictures are, beside real ones", declare_fid},
    {"inspect", "look into a run: layers, alpha, spread, saturation, what its norms do",
     declare_inspect},
    {"bench", "measure operators, steps and the data pipeline beside their best peers",
     declare_bench},
    {"data", "list, describe, fetch and verify data sets", declare_data},
    {"models", "list and describe models", declare_models},
    {"step-memory", "measure the memory of a step (for dyt bench step)", declare_step_memory, true},
    {"step-worker", "train in blocks by command (for measuring)", declare_step_worker, true},
};

std::string command_text;

// Without a standard stream the next file that is opened takes its place, and what is printed goes
// into that file.
void open_standard_streams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
      ::open("/dev/null", O_RDWR);  // takes the lowest free number: this one
    }
  }
}

int print_error(int code, const std::string& text) {
  std::fprintf(stderr, "dyt: %s\n", text.c_str());
  return code;
}

// LibTorch has a class of its own for a GPU's memory; the CPU's allocator and sizes beyond 64 bits
// are known by their words only.
bool is_out_of_memory(const c10::Error& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) {
    return true;
  }
  const std::string text = error.what_without_backtrace();
  for (const char* words : {"can't allocate memory", "not enough memory", "out of memory",
                            "Storage size calculation overflowed", "Cannot allocate memory"}) {
    if (text.find(words) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// "you tried to allocate 17179869184 bytes" in GiB; "" where the text does not say it.
std::string wanted_memory(const std::string& text) {
  constexpr std::string_view kWords = "tried to allocate ";
  const size_t place = text.find(kWords);
  if (place == std::string::npos) {
    return "";
  }
  const double bytes = std::strtod(text.c_str() + place + kWords.size(), nullptr);
  const bool is_bytes = text.find(" bytes", place) != std::string::npos;
  return is_bytes && bytes > 0 ? "\n  found:    one piece of " +
                                     core::fixed_text(bytes / (1 << 30), 2) + " GiB asked for"
                               : "";
}

int print_out_of_memory(const std::string& text) {
  return print_error(
      static_cast<int>(core::ErrorKind::kResources),
      "out of memory" + wanted_memory(text) +
          "\n  to do:    make the model (model.dim, model.depth), the images (data.image_size) or "
          "train.batch_size smaller, or run fewer side by side (jobs=1)");
}

// A path with another encoding could be opened, but not be written into any of our files.
void check_encoding(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const size_t valid = core::valid_utf8_bytes(argv[i]);
    if (valid < std::strlen(argv[i])) {
      throw core::Error(
          core::ErrorKind::kUsage,
          {.what = "an argument is not UTF-8",
           .where = "command line, argument " + std::to_string(i) + ", byte " +
                    std::to_string(valid + 1) + ", after '" + std::string(argv[i], valid) + "'",
           .todo = "give paths and texts in UTF-8"});
    }
  }
}

// `--dir=~/data`, `'run=~/r'`: the shell has left the ~, and a folder of that name is not meant.
void check_tildes(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const bool assigns = equals != std::string_view::npos;
    core::check_tilde(assigns ? argument.substr(0, equals) : "",
                      assigns ? argument.substr(equals + 1) : argument, "command line");
  }
}

// What came in the way of the last output: a full disk behind standard output, for instance.
void check_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "the result could not be written to standard output"});
  }
}

bool has_argument(int argc, char** argv, const char* wanted) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], wanted) == 0) {
      return true;
    }
  }
  return false;
}

int print_error_of(const core::Error& error, int argc, char** argv) {
  std::string text = error.what();
  if (error.kind() == core::ErrorKind::kInterrupted && has_argument(argc, argv, "--fresh")) {
    text += " (without --fresh, which starts afresh)";
  }
  return print_error(static_cast<int>(error.kind()), text);
}

int print_error_of(const std::filesystem::filesystem_error& error) {
  const bool full = error.code() == std::errc::no_space_on_device;
  return print_error(static_cast<int>(full ? core::ErrorKind::kResources : core::ErrorKind::kData),
                     error.code().message() + "\n  where:    " + error.path1().string() +
                         "\n  to do:    check the path and its permissions");
}

// CLI11 knows no near misses of a command's name; ours come from the table.
void check_command_name(int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-') {
    core::find_row<Command>(kCommands, argv[1], "command");
  }
}

int run(int argc, char** argv) {
  CLI::App app("Trains, converts, measures and runs Transformers without normalization layers.",
               "dyt");
  app.set_version_flag("--version", core::kVersion);
  app.require_subcommand(1);
  Action action;
  for (const Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    const Action declared = command.declare(*sub);
    sub->callback([&action, declared] { action = declared; });
    if (command.hidden) {
      sub->group("");
    }
  }
  check_encoding(argc, argv);
  check_tildes(argc, argv);
  try {
    check_command_name(argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(core::ErrorKind::kUsage);
  }
  const int code = action();
  check_output();
  return code;
}

}  // namespace

const std::string& command_line() { return command_text; }

int guarded_main(int argc, char** argv) {
  open_standard_streams();
  ignore_file_size_signal();
  core::keep_freed_memory_by_environment();
  command_text = "dyt";
  for (int i = 1; i < argc; ++i) {
    command_text += " " + core::shell_quoted(argv[i]);
  }
  try {
    return run(argc, argv);
  } catch (const core::Error& error) {
    return print_error_of(error, argc, argv);
  } catch (const std::filesystem::filesystem_error& error) {
    return print_error_of(error);
  } catch (const std::bad_alloc&) {
    return print_out_of_memory("");
  } catch (const c10::Error& error) {
    if (is_out_of_memory(error)) {
      return print_out_of_memory(error.what_without_backtrace());
    }
    return print_error(1, std::string("LibTorch reports: ") + error.what_without_backtrace());
  } catch (const std::exception& error) {
    return print_error(1, std::string("unexpected: ") + error.what());
  }
}

}  // namespace dyt::cli

int main(int argc, char** argv) { return dyt::cli::guarded_main(argc, argv); }
