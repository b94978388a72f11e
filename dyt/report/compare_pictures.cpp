// SPDX-License-Identifier: Apache-2.0
// What the networks drew or looked at, slot beside slot.
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/html.h"

namespace dyt::report {
namespace {

// "samples.png" of "slots/dyt/seed-0/pictures/samples.png".
std::string kind_of(const Picture& picture) {
  return picture.file.substr(picture.file.rfind('/') + 1);
}

// One kind of picture, a figure a slot.
std::string figures_of(const CompareData& data, const std::string& kind, const PngOf& png_of) {
  std::vector<std::string> figures;
  for (const Slot& slot : data.slots) {
    if (slot.seeds.empty()) {
      continue;
    }
    for (const Picture& picture : slot.seeds.front().pictures) {
      const std::string png = kind_of(picture) == kind ? png_of(picture.file) : "";
      if (!png.empty()) {
        const std::string caption = slot.label + ": " + picture.caption;
        figures.push_back(figure_html(png_html(png, caption),
                                      "<strong>" + escape_html(slot.label) + "</strong>"));
      }
    }
  }
  return figures.empty() ? "" : figures_html(figures);
}

}  // namespace

std::string pictures_section(const CompareData& data, const PngOf& png_of) {
  if (!png_of || data.baseline().seeds.empty()) {
    return "";
  }
  std::string text;
  for (const Picture& picture : data.baseline().seeds.front().pictures) {
    const std::string figures = figures_of(data, kind_of(picture), png_of);
    text += figures.empty() ? "" : element("p", escape_html(picture.caption) + ":") + figures;
  }
  return text.empty() ? "" : element("h2", "Pictures of the first seed") + text;
}

}  // namespace dyt::report
