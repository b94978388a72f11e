// SPDX-License-Identifier: Apache-2.0
// The pieces of a page: escaping, tables, notes, figures, the frame around it all.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dyt::report {

// For text and for attribute values; control characters that HTML forbids become spaces.
std::string escape_html(const std::string& text);

// `tag` may have a class: "p.note". `inner` is HTML.
std::string element(const std::string& tag, const std::string& inner);

struct Table {
  std::vector<std::string> head;               // HTML
  std::vector<std::vector<std::string>> rows;  // HTML; the first cell of a row is its heading
  bool cards = false;  // on a narrow screen each row becomes a card of "heading: value" lines
};

std::string table_html(const Table& table);
std::string facts_html(
    const std::vector<std::pair<std::string, std::string>>& facts);  // plain texts
std::string list_html(const std::vector<std::string>& items);        // HTML; "" where empty
std::string figure_html(const std::string& svg, const std::string& caption);  // caption is HTML
std::string figures_html(const std::vector<std::string>& figures);            // side by side

// A picture inside the page, its pixels shown as they are however far it is enlarged.
std::string png_html(const std::string& png_bytes, const std::string& description);

// Folded on the screen, printed open.
std::string details_html(const std::string& summary, const std::string& inner);

std::string page_html(const std::string& title, const std::string& body);
const char* page_style();

}  // namespace dyt::report
