#include "cli/arguments.h"

#include "dyt/core/error.h"

namespace dyt::cli {
namespace {

bool is_assignment(const std::string& item) {
  const size_t equals = item.find('=');
  return equals != std::string::npos && equals > 0 && item.find('/') > equals;
}

// CLI11 prints for --help what the formatter makes; with --json that is the keys alone.
class KeysFormatter : public CLI::Formatter {
 public:
  explicit KeysFormatter(const core::Fields& fields) : keys_(core::help_json_text(fields)) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    const CLI::Option* json = app->get_option_no_throw("--json");
    return json != nullptr && json->count() > 0 ? keys_ + "\n"
                                                : CLI::Formatter::make_help(app, name, mode);
  }

 private:
  std::string keys_;
};

}  // namespace

std::shared_ptr<std::vector<std::string>> declare_config_arguments(CLI::App& app,
                                                                   const core::Fields& fields) {
  auto items = std::make_shared<std::vector<std::string>>();
  app.add_option("items", *items, "a TOML file, and assignments that win over it")
      ->type_name("[CONFIG.toml] [key=value ...]");
  app.footer("Keys, with their defaults:\n" + core::help_text(fields));
  app.formatter(std::make_shared<KeysFormatter>(fields));
  return items;
}

tasks::ConfigSources sources_of(const std::vector<std::string>& items) {
  tasks::ConfigSources sources;
  for (const std::string& item : items) {
    if (is_assignment(item)) {
      sources.overrides.push_back(item);
    } else if (!sources.file) {
      sources.file = item;
    } else {
      throw core::Error(core::ErrorKind::kUsage,
                        {.what = "more than one configuration file",
                         .where = "command line",
                         .expected = "one file, then key=value",
                         .found = "'" + sources.file->string() + "' and '" + item + "'"});
    }
  }
  return sources;
}

}  // namespace dyt::cli
