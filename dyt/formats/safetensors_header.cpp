// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/internal/safetensors_header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "dyt/core/error.h"

namespace dyt::formats {
namespace {

using nlohmann::json;

constexpr size_t kShownNameBytes = 80;

std::string byte_text(std::string_view text, size_t position) {
  if (position >= text.size()) {
    return "the end of the header";
  }
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(text[position]);
  return std::string("byte 0x") + kDigits[byte >> 4] + kDigits[byte & 15];
}

[[noreturn]] void throw_not_json(std::string_view text, size_t position, const std::string& file) {
  throw_damaged("the header is not JSON in UTF-8",
                file + ", byte " + std::to_string(kLengthBytes + position), "a JSON object",
                byte_text(text, position));
}

// Takes the parser's events. No tree is built: a hostile header of 100 MB would make one of many
// GB.
class HeaderEvents final : public nlohmann::json_sax<json> {
 public:
  HeaderEvents(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Header take() { return std::move(header_); }

  bool null() override { return other_value("null"); }
  bool boolean(bool) override { return other_value("a boolean"); }
  bool number_integer(int64_t) override { return other_value("a negative number"); }
  bool number_float(double, const std::string&) override {
    return other_value("a fraction or a number of more than 64 bits");
  }
  bool binary(binary_t&) override { return other_value("binary data"); }

  bool number_unsigned(uint64_t value) override {
    if (ignored_depth_ > 0 || (place_ != Place::kShape && place_ != Place::kOffsets)) {
      return other_value("a number");
    }
    if (place_ == Place::kOffsets) {
      offsets_.push_back(value);
      return true;
    }
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      throw_damaged("a length in 'shape' is too large", where(), "", std::to_string(value));
    }
    tensor_.shape.push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& value) override {
    if (ignored_depth_ == 0 && place_ == Place::kMetadata) {
      header_.metadata[field_] = value;
      return true;
    }
    if (ignored_depth_ > 0 || place_ != Place::kTensor || field_ != "dtype") {
      return other_value("a string");
    }
    const std::optional<DType> dtype = dtype_of_name(value);
    if (!dtype) {
      throw_damaged("unknown type of a tensor", where(), "BOOL, U8, F16, BF16, F32, ...",
                    shown_name(value));
    }
    tensor_.dtype = *dtype;
    return true;
  }

  bool start_object(size_t) override {
    if (ignored_depth_ > 0 || ignored_field()) {
      ++ignored_depth_;
    } else if (place_ == Place::kStart) {
      place_ = Place::kRoot;
    } else if (place_ == Place::kRoot) {
      place_ = name_ == kMetadataKey ? Place::kMetadata : Place::kTensor;
      tensor_ = {.name = name_};
      offsets_.clear();
      fields_.clear();
    } else {
      other_value("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    if (ignored_depth_ > 0) {
      return true;
    }
    const bool at_root = place_ == Place::kRoot;
    const bool is_new = at_root ? names_.insert(key).second : fields_.insert(key).second;
    (at_root ? name_ : field_) = key;
    if (!is_new) {
      throw_damaged("a key stands twice", at_root ? file_ : where(), "each key once",
                    shown_name(key));
    }
    return true;
  }

  bool end_object() override {
    if (ignored_depth_ > 0) {
      --ignored_depth_;
    } else if (place_ == Place::kTensor) {
      finish_tensor();
      place_ = Place::kRoot;
    } else {
      place_ = place_ == Place::kMetadata ? Place::kRoot : Place::kStart;
    }
    return true;
  }

  bool start_array(size_t) override {
    if (ignored_depth_ > 0 || ignored_field()) {
      ++ignored_depth_;
    } else if (place_ == Place::kTensor && field_ == "shape") {
      place_ = Place::kShape;
    } else if (place_ == Place::kTensor && field_ == "data_offsets") {
      place_ = Place::kOffsets;
    } else {
      other_value("an array");
    }
    return true;
  }

  bool end_array() override {
    if (ignored_depth_ > 0) {
      --ignored_depth_;
    } else {
      place_ = Place::kTensor;
    }
    return true;
  }

  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    throw_not_json(text_, position > 0 ? position - 1 : 0, file_);
  }

 private:
  enum class Place { kStart, kRoot, kMetadata, kTensor, kShape, kOffsets };

  // A field that the format does not know: whatever it holds is passed over.
  bool ignored_field() const {
    return place_ == Place::kTensor && field_ != "dtype" && field_ != "shape" &&
           field_ != "data_offsets";
  }

  std::string where() const {
    return file_ + (name_ == kMetadataKey ? ", " : ", tensor ") + shown_name(name_);
  }

  std::string expected() const {
    switch (place_) {
      case Place::kStart:
        return "a JSON object";
      case Place::kRoot:
        return "an object";
      case Place::kMetadata:
        return "a string for the key " + shown_name(field_);
      case Place::kTensor:
        return field_ == "dtype" ? "a string for 'dtype'" : "an array for '" + field_ + "'";
      default:
        return "numbers from 0 up in '" + field_ + "'";
    }
  }

  // A value where the format wants another kind, unless it is in an ignored field.
  bool other_value(const std::string& found) const {
    if (ignored_depth_ == 0 && !ignored_field()) {
      throw_damaged("the header has a value of the wrong kind", where(), expected(), found);
    }
    return true;
  }

  void finish_tensor() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (!fields_.contains(field)) {
        throw_damaged("a tensor's description is incomplete", where(),
                      "dtype, shape and data_offsets", std::string("no '") + field + "'");
      }
    }
    if (offsets_.size() != 2) {
      throw_damaged("'data_offsets' must be begin and end", where(), "2 numbers",
                    std::to_string(offsets_.size()));
    }
    tensor_.begin = offsets_[0];
    tensor_.end = offsets_[1];
    header_.tensors.push_back(std::move(tensor_));
  }

  std::string_view text_;
  const std::string& file_;
  Header header_;
  Place place_ = Place::kStart;
  size_t ignored_depth_ = 0;
  std::string name_;   // the root's current key
  std::string field_;  // the current key one level below
  std::unordered_set<std::string> names_;
  std::set<std::string> fields_;
  HeaderTensor tensor_;
  std::vector<uint64_t> offsets_;
};

}  // namespace

void throw_damaged(std::string what, std::string where, std::string expected, std::string found) {
  throw core::Error(core::ErrorKind::kData,
                    {.what = "not a valid safetensors file: " + std::move(what),
                     .where = std::move(where),
                     .expected = std::move(expected),
                     .found = std::move(found),
                     .todo = "the file is damaged or of another format: get or write it again"});
}

std::string shown_name(std::string_view name) {
  return "'" + std::string(name.substr(0, kShownNameBytes)) +
         (name.size() > kShownNameBytes ? "..." : "") + "'";
}

Header parse_header(std::string_view text, const std::string& file) {
  if (text.empty() || text.front() != '{') {
    throw_damaged("the header must begin with '{'", file + ", byte " + std::to_string(kLengthBytes),
                  "'{'", byte_text(text, 0));
  }
  // The parser takes a zero byte for the end of its input; in JSON it may stand nowhere.
  const size_t zero = text.find('\0');
  if (zero != std::string_view::npos) {
    throw_not_json(text, zero, file);
  }
  HeaderEvents events(text, file);
  json::sax_parse(text.begin(), text.end(), &events);
  return events.take();
}

}  // namespace dyt::formats
