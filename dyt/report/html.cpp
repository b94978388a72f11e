// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/html.h"

#include "dyt/core/base64.h"
#include "dyt/core/version.h"

namespace dyt::report {
namespace {

std::string plain_text(const std::string& html) {
  std::string text;
  bool in_tag = false;
  for (const char byte : html) {
    in_tag = byte == '<' || (in_tag && byte != '>');
    if (!in_tag && byte != '>') {
      text += byte;
    }
  }
  return text;
}

std::string row_html(const Table& table, const std::vector<std::string>& row) {
  std::string cells;
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string name = i < table.head.size() ? plain_text(table.head[i]) : "";
    cells += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>"
                    : "<td data-label=\"" + name + "\"><span>" + row[i] + "</span></td>";
  }
  return "<tr>" + cells + "</tr>\n";
}

}  // namespace

std::string escape_html(const std::string& text) {
  std::string result;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default: {
        const bool control =
            static_cast<unsigned char>(byte) < 0x20 && byte != '\n' && byte != '\t';
        result += control ? ' ' : byte;
      }
    }
  }
  return result;
}

std::string element(const std::string& tag, const std::string& inner) {
  const size_t dot = tag.find('.');
  const std::string name = tag.substr(0, dot);
  const std::string klass =
      dot == std::string::npos ? "" : " class=\"" + tag.substr(dot + 1) + "\"";
  return "<" + name + klass + ">" + inner + "</" + name + ">\n";
}

std::string table_html(const Table& table) {
  std::string head;
  for (const std::string& cell : table.head) {
    head += "<th scope=\"col\">" + cell + "</th>";
  }
  std::string rows;
  for (const std::vector<std::string>& row : table.rows) {
    rows += row_html(table, row);
  }
  return std::string("<div class=\"scroll\"><table") + (table.cards ? " class=\"cards\"" : "") +
         "><thead><tr>" + head + "</tr></thead>\n<tbody>" + rows + "</tbody></table></div>\n";
}

std::string facts_html(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string rows;
  for (const auto& [name, value] : facts) {
    if (!value.empty()) {
      rows += "<dt>" + escape_html(name) + "</dt><dd>" + escape_html(value) + "</dd>\n";
    }
  }
  return rows.empty() ? "" : element("dl.facts", rows);
}

std::string list_html(const std::vector<std::string>& items) {
  std::string inner;
  for (const std::string& item : items) {
    inner += element("li", item);
  }
  return inner.empty() ? "" : element("ul", inner);
}

std::string figure_html(const std::string& svg, const std::string& caption) {
  return element("figure", svg + element("figcaption", caption));
}

std::string figures_html(const std::vector<std::string>& figures) {
  std::string inner;
  for (const std::string& figure : figures) {
    inner += figure;
  }
  return inner.empty() ? "" : element("div.figures", inner);
}

// A closed <details> cannot be opened for print in every browser, so paper gets a copy of its own.
std::string png_html(const std::string& png_bytes, const std::string& description) {
  return "<img class=\"pixels\" alt=\"" + escape_html(description) +
         "\" src=\"data:image/png;base64," + core::base64(png_bytes) + "\"/>";
}

std::string details_html(const std::string& summary, const std::string& inner) {
  return "<details><summary>" + summary + "</summary>" + inner + "</details>\n" +
         "<div class=\"paper\"><h4>" + summary + "</h4>" + inner + "</div>\n";
}

std::string page_html(const std::string& title, const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
         escape_html(title) + "</title>\n<style>\n" + page_style() +
         "</style>\n</head>\n<body>\n<main>\n" + body + "</main>\n<footer>Written by dyt " +
         core::kVersion + ".</footer>\n</body>\n</html>\n";
}

}  // namespace dyt::report
