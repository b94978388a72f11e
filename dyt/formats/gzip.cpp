// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/gzip.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "dyt/core/error.h"

namespace dyt::formats {
namespace {

constexpr size_t kChunk = size_t{1} << 18;
constexpr int kGzipOnly = 15 + 16;  // window bits, plus 16: a gzip header must be there

[[noreturn]] void throw_gzip(const std::string& what, const std::string& file, size_t byte) {
  throw core::Error(core::ErrorKind::kData,
                    {.what = what,
                     .where = file + ", byte " + std::to_string(byte) + " of the compressed file",
                     .todo = "get the file again; `gzip -t` checks it"});
}

// One inflate state over the whole input, reset between streams.
class Inflater {
 public:
  Inflater(std::string_view bytes, const std::string& file, size_t max_bytes)
      : bytes_(bytes), file_(file), max_bytes_(max_bytes) {
    if (inflateInit2(&state_, kGzipOnly) != Z_OK) {
      throw core::Error(core::ErrorKind::kResources, {.what = "no memory to unpack " + file});
    }
  }
  ~Inflater() { inflateEnd(&state_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  std::string run() {
    std::string output;
    while (consumed_ < bytes_.size()) {
      if (!is_gzip(bytes_.substr(consumed_))) {
        throw_gzip("there is something else after the gzip data", file_, consumed_);
      }
      inflateReset(&state_);
      read_stream(output);
    }
    return output;
  }

 private:
  void read_stream(std::string& output) {
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      const size_t input =
          std::min<size_t>(bytes_.size() - consumed_, std::numeric_limits<uInt>::max());
      state_.next_in = reinterpret_cast<const Bytef*>(bytes_.data() + consumed_);
      state_.avail_in = static_cast<uInt>(input);
      state_.next_out = chunk_.data();
      state_.avail_out = static_cast<uInt>(chunk_.size());
      status = inflate(&state_, Z_NO_FLUSH);
      consumed_ += input - state_.avail_in;
      output.append(reinterpret_cast<const char*>(chunk_.data()), chunk_.size() - state_.avail_out);
      if (output.size() > max_bytes_) {
        throw_gzip("the gzip file unpacks to more than " + std::to_string(max_bytes_) + " bytes",
                   file_, consumed_);
      }
      if (status == Z_BUF_ERROR) {  // wants more input than there is
        throw_gzip("the gzip file is truncated", file_, bytes_.size());
      }
      if (status != Z_OK && status != Z_STREAM_END) {
        throw_gzip("the gzip file is corrupt" +
                       (state_.msg == nullptr ? "" : " (" + std::string(state_.msg) + ")"),
                   file_, consumed_);
      }
    }
  }

  std::string_view bytes_;
  const std::string& file_;
  size_t max_bytes_;
  size_t consumed_ = 0;
  std::vector<Bytef> chunk_ = std::vector<Bytef>(kChunk);
  z_stream state_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

std::string gunzip(std::string_view bytes, const std::string& file, size_t max_bytes) {
  if (!is_gzip(bytes)) {
    throw_gzip("not a gzip file", file, 0);
  }
  return Inflater(bytes, file, max_bytes).run();
}

}  // namespace dyt::formats
