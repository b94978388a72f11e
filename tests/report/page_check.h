// SPDX-License-Identifier: Apache-2.0
// Is a page's markup well formed? Every opened tag is closed in order, attributes are quoted, `&`
// starts an entity, ids are unique. Enough of XML for what the report writes (it closes empty
// elements).
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace dyt::report {

class PageCheck {
 public:
  explicit PageCheck(const std::string& page) : page_(page) { run(); }
  const std::string& problem() const { return problem_; }  // "" for a sound page

 private:
  void run() {
    while (at_ < page_.size() && problem_.empty()) {
      if (page_[at_] == '<') {
        read_tag();
      } else if (page_[at_] == '&') {
        read_entity();
      } else {
        ++at_;
      }
    }
    if (problem_.empty() && !open_.empty()) {
      fail("not closed: " + open_.back());
    }
  }

  void read_tag() {
    if (page_.compare(at_, 9, "<!DOCTYPE") == 0) {
      at_ = page_.find('>', at_) + 1;
      return;
    }
    const bool closing = page_[at_ + 1] == '/';
    at_ += closing ? 2 : 1;
    std::string name;
    while (std::isalnum(static_cast<unsigned char>(page_[at_])) != 0) {
      name += page_[at_++];
    }
    if (name.empty()) {
      return fail("a bare <");
    }
    const bool empty = read_attributes();
    if (closing && (open_.empty() || open_.back() != name)) {
      return fail("unexpected </" + name + ">");
    }
    if (closing) {
      open_.pop_back();
    } else if (!empty) {
      open_.push_back(name);
    }
    if (name == "style" && !closing) {
      at_ = page_.find("</style>", at_);
    }
  }

  // Up to the end of the tag; true for an empty element.
  bool read_attributes() {
    bool slash = false;
    while (at_ < page_.size() && page_[at_] != '>') {
      const char byte = page_[at_];
      slash = byte == '/';
      if (byte == '<') {
        fail("< inside a tag");
        return false;
      }
      if (byte == '"' || byte == '\'') {
        const size_t end = page_.find(byte, at_ + 1);
        if (end == std::string::npos) {
          fail("an open quote");
          return false;
        }
        check_id(end);
        at_ = end;
      }
      ++at_;
    }
    ++at_;
    return slash;
  }

  void check_id(size_t end) {
    if (at_ >= 4 && page_.compare(at_ - 4, 4, " id=") == 0) {
      const std::string id = page_.substr(at_ + 1, end - at_ - 1);
      if (!ids_.insert(id).second) {
        fail("id twice: " + id);
      }
    }
  }

  void read_entity() {
    const size_t end = page_.find(';', at_);
    if (end == std::string::npos || end - at_ > 7) {
      return fail("a bare &");
    }
    at_ = end;
  }

  void fail(const std::string& what) {
    if (problem_.empty()) {
      problem_ = what + " near: " + page_.substr(at_ > 60 ? at_ - 60 : 0, 120);
    }
  }

  const std::string& page_;
  size_t at_ = 0;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  std::string problem_;
};

}  // namespace dyt::report
