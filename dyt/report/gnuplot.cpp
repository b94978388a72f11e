// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/gnuplot.h"

#include <cmath>
#include <string_view>

#include "dyt/core/error.h"
#include "dyt/core/process.h"
#include "dyt/core/text.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/plots.h"

namespace dyt::report {
namespace {

constexpr int kPatienceMs = 60'000;  // for a line of a figure

std::string gnuplot_number(double value) {
  return std::isfinite(value) ? core::number_text(value) : "NaN";
}

// What gnuplot says on standard error; only asked for after a failure, because the two streams
// would mix in the picture.
std::string complaint_of(const std::string& script) {
  core::Process process({.arguments = {"sh", "-c", "exec gnuplot -d 2>&1"}, .pipe_input = true});
  std::string last = "no message";
  try {
    process.write(script);
  } catch (const core::Error&) {  // it ended before it had read all: what it says is below
  }
  process.close_input();
  while (const auto line = process.read_line(kPatienceMs)) {
    if (core::trim(*line).starts_with("line ")) {
      last = core::trim(*line);
    }
  }
  return last;
}

std::string run_gnuplot(const std::string& script, const std::string& figure) {
  std::string output;
  int status = 0;
  try {
    core::Process process(
        {.arguments = {"gnuplot", "-d"},
         .environment = {{"LC_ALL", "C.UTF-8"}},
         .own_group = true,  // a Ctrl-C is for us: a half-drawn figure is no report
         .pipe_input = true,
         .error_path = "/dev/null"});
    process.write(script);
    process.close_input();
    while (const auto line = process.read_line(kPatienceMs)) {
      output += *line + "\n";
    }
    if (!process.finished_output()) {
      throw core::Error(core::ErrorKind::kInternal, {.what = "gnuplot does not answer"});
    }
    status = process.wait();
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::kResources) {
      throw core::Error(core::ErrorKind::kInternal,
                        {.what = "gnuplot could not draw a figure of the report",
                         .where = figure,
                         .found = error.what(),
                         .todo = "try `gnuplot --version`"});
    }
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "the report's figures need gnuplot, which could not be started",
                       .found = error.what(),
                       .todo = "install it (Debian, Ubuntu: apt install gnuplot-nox)"});
  }
  if (status != 0 || output.find("</svg>") == std::string::npos) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "gnuplot could not draw a figure of the report",
                       .where = figure,
                       .expected = "gnuplot 5.2 or newer with the svg terminal",
                       .found = complaint_of(script),
                       .todo = "try `gnuplot --version`"});
  }
  return output;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char byte : text) {
    const bool control = static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
    result += control ? ' ' : byte;
    if (byte == '\'') {
      result += '\'';
    }
  }
  return result + "'";
}

GnuplotScript::GnuplotScript(Canvas canvas) : canvas_(std::move(canvas)) {
  add("set encoding utf8");
  add("set terminal svg size " + std::to_string(canvas_.width) + "," +
      std::to_string(canvas_.height) + " dynamic noenhanced font 'sans,14' name '" + canvas_.name +
      "'");
  add("set datafile missing 'NaN'");
  add("unset key");
  add("set border 3 lc rgb '#555555'");
  add("set tics nomirror out scale 0.4 textcolor rgb '#222222'");
}

void GnuplotScript::add(const std::string& command) { text_ += command + "\n"; }

void GnuplotScript::set_area(const PlotArea& area) {
  add("set lmargin at screen " + gnuplot_number(area.left / canvas_.width));
  add("set rmargin at screen " + gnuplot_number(area.right / canvas_.width));
  add("set tmargin at screen " + gnuplot_number(1 - area.top / canvas_.height));
  add("set bmargin at screen " + gnuplot_number(1 - area.bottom / canvas_.height));
}

void GnuplotScript::add_text(const std::string& text, double x, double y,
                             const std::string& options) {
  add("set label " + quoted(text) + " at screen " + gnuplot_number(x / canvas_.width) +
      ", screen " + gnuplot_number(1 - y / canvas_.height) + " " + options + " front");
}

std::string GnuplotScript::add_data(const std::vector<std::vector<double>>& rows) {
  const std::string name = "$data" + std::to_string(data_count_++);
  add(name + " << END_OF_DATA");
  for (const std::vector<double>& row : rows) {
    std::string line;
    for (const double value : row) {
      line += gnuplot_number(value) + " ";
    }
    add(line);
  }
  add("END_OF_DATA");
  return name;
}

std::string GnuplotScript::svg(const std::string& description) const {
  std::string picture;
  try {
    picture = run_gnuplot(text_, canvas_.name);
  } catch (const core::Error& error) {
    // The numbers stand in tables beside it: the page goes without this figure and says why.
    return element("p.missing", escape_html("No plot (" + description + "): " + error.parts().what +
                                            ". " + error.parts().todo));
  }
  // Everything between the opening tag's end and the end is kept; the head is ours.
  const size_t head = picture.find("</desc>");
  const size_t body =
      head == std::string::npos ? picture.find('>', picture.find("<svg")) + 1 : head + 7;
  picture = picture.substr(body);
  for (const std::string_view name : {"gnuplot_canvas", "gpDot", "gpPt", "textbox", "greybox"}) {
    const std::string unique = canvas_.name + "-" + std::string(name);
    replace_all(picture, "id='" + std::string(name), "id='" + unique);
    replace_all(picture, "id=\"" + std::string(name), "id=\"" + unique);
    replace_all(picture, "'#" + std::string(name), "'#" + unique);
    replace_all(picture, "url(#" + std::string(name), "url(#" + unique);
  }
  replace_all(picture, " font-family=\"sans\"", "");  // the page's font
  const std::string size = std::to_string(canvas_.width) + " " + std::to_string(canvas_.height);
  return "<svg class=\"plot\" viewBox=\"0 0 " + size +
         "\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
         "role=\"img\" aria-label=\"" +
         escape_html(description) + "\">" + picture;
}

std::string plot_problem() {
  const std::string script =
      "set terminal svg size 100,100\nset key off\nplot [0:1] x with lines\n";
  try {
    run_gnuplot(script, "trial");
    return "";
  } catch (const core::Error& error) {
    return error.parts().what + " (" + error.parts().todo + ")";
  }
}

std::string tick_list(const std::vector<Tick>& ticks) {
  std::vector<std::string> parts;
  for (const Tick& tick : ticks) {
    parts.push_back(quoted(tick.label) + " " + core::number_text(tick.position));
  }
  return "(" + core::join(parts, ", ") + ")";
}

std::string color_text(const std::string& color, int opacity) {
  if (opacity >= 100) {
    return "rgb '" + color + "'";
  }
  constexpr const char* kDigits = "0123456789abcdef";
  const int transparency = 255 * (100 - opacity) / 100;
  const std::string hex{kDigits[transparency / 16], kDigits[transparency % 16]};
  return "rgb '#" + hex + color.substr(1) + "'";
}

}  // namespace dyt::report
