// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/download.h"

#include <curl/curl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "dyt/core/error.h"
#include "dyt/core/version.h"
#include "dyt/data/internal/part_file.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr long kConnectSeconds = 30;
constexpr long kSlowBytesPerSecond = 1000;  // slower than this
constexpr long kSlowSeconds = 60;           // for so long counts as broken
constexpr long kMaxRedirects = 10;

// What the callbacks of one transfer need.
struct Transfer {
  PartFile& part;
  uint64_t bytes = 0;
  const FetchOptions& options;
  bool too_long = false;
};

size_t on_data(char* data, size_t, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.too_long = transfer.bytes > 0 && transfer.part.size() + count > transfer.bytes;
  return !transfer.too_long && transfer.part.append(data, count) ? count : 0;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.options.on_progress) {
    transfer.options.on_progress({.file = transfer.part.path().stem().string(),
                                  .bytes = transfer.part.size(),
                                  .total = transfer.bytes});
  }
  return transfer.options.stop != nullptr && transfer.options.stop->requested() ? 1 : 0;
}

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

Curl make_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (curl == nullptr) {
    throw Error(ErrorKind::kResources, {.what = "libcurl cannot be started"});
  }
  return curl;
}

class Downloader {
 public:
  Downloader(const std::string& address, const fs::path& part, uint64_t bytes,
             const FetchOptions& options)
      : address_(address), options_(options), bytes_(bytes), part_(part), curl_(make_curl()) {
    CURL* curl = curl_.get();
    const std::string agent = std::string("dyt/") + core::kVersion;
    curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, agent.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMaxRedirects);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowBytesPerSecond);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message_);
  }

  void run() {
    uint64_t most = part_.size();
    int failures = 0;
    while (true) {
      const CURLcode code = transfer();
      if (code == CURLE_OK) {
        return;
      }
      if (cannot_resume(code) && part_.size() > 0) {
        part_.start_again();
        continue;
      }
      check_permanent(code);
      // A server that brings us forward is worth another try however often it breaks off.
      failures = part_.size() > most ? 1 : failures + 1;
      most = std::max(most, part_.size());
      if (failures > options_.retries) {
        throw_broken(code);
      }
      pause(failures);
    }
  }

 private:
  CURLcode transfer() {
    Transfer state{.part = part_, .bytes = bytes_, .options = options_};
    message_[0] = '\0';
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &state);
    curl_easy_setopt(curl_.get(), CURLOPT_XFERINFODATA, &state);
    curl_easy_setopt(curl_.get(), CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(part_.size()));
    const CURLcode code = curl_easy_perform(curl_.get());
    too_long_ = state.too_long;
    return code;
  }

  long http_status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  bool cannot_resume(CURLcode code) const {
    return code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME ||
           (code == CURLE_HTTP_RETURNED_ERROR && http_status() == 416);
  }

  std::string reason(CURLcode code) const {
    return message_[0] != '\0' ? std::string(message_) : curl_easy_strerror(code);
  }

  // Throws for what another try cannot mend.
  void check_permanent(CURLcode code) const {
    if (too_long_) {
      throw_too_long();
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      throw Error(ErrorKind::kInterrupted,
                  {.what = "stopped; what has come is kept", .where = part_.path().string()});
    }
    if (code == CURLE_WRITE_ERROR) {
      throw_disk();
    }
    if (is_permanent(code)) {
      remove_if_empty();
      throw Error(ErrorKind::kData,
                  {.what = "cannot fetch the file: " + reason(code),
                   .where = address_,
                   .todo = "check the address, or name a mirror with --from ADDRESS"});
    }
  }

  bool is_permanent(CURLcode code) const {
    switch (code) {
      case CURLE_HTTP_RETURNED_ERROR: {
        const long status = http_status();
        return status < 500 && status != 408 && status != 429;
      }
      case CURLE_UNSUPPORTED_PROTOCOL:
      case CURLE_URL_MALFORMAT:
      case CURLE_FILE_COULDNT_READ_FILE:
      case CURLE_TOO_MANY_REDIRECTS:
      case CURLE_PEER_FAILED_VERIFICATION:
        return true;
      default:
        return false;
    }
  }

  void remove_if_empty() const {
    if (part_.size() == 0) {
      part_.remove();
    }
  }

  [[noreturn]] void throw_too_long() const {
    part_.remove();
    throw Error(ErrorKind::kData, {.what = "another file than expected is at the address",
                                   .where = address_,
                                   .expected = std::to_string(bytes_) + " bytes",
                                   .found = "more",
                                   .todo = "name a mirror with --from ADDRESS"});
  }

  [[noreturn]] void throw_disk() const {
    const int code = part_.error();
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    part_.remove();
    throw Error(full ? ErrorKind::kResources : ErrorKind::kData,
                {.what = "cannot write the file: " + std::string(std::strerror(code)),
                 .where = part_.path().string(),
                 .todo = full ? "free some space, or choose another folder with --dir FOLDER"
                              : "check the path and its permissions"});
  }

  [[noreturn]] void throw_broken(CURLcode code) const {
    const std::string size = std::to_string(part_.size());
    if (part_.size() == 0) {
      part_.remove();
    }
    throw Error(ErrorKind::kData,
                {.what = "the download broke off: " + reason(code),
                 .where = address_,
                 .expected = bytes_ > 0 ? std::to_string(bytes_) + " bytes" : "",
                 .found = size + " bytes",
                 .todo = part_.size() == 0
                             ? "check the network, or name a mirror with --from ADDRESS"
                             : "run the command again: it goes on with " + part_.path().string()});
  }

  void pause(int failures) const {
    using Clock = std::chrono::steady_clock;
    const double seconds = options_.pause_seconds * static_cast<double>(1 << (failures - 1));
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end && !(options_.stop != nullptr && options_.stop->requested())) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  const std::string& address_;
  const FetchOptions& options_;
  uint64_t bytes_;
  PartFile part_;
  Curl curl_;
  bool too_long_ = false;
  char message_[CURL_ERROR_SIZE] = "";
};

}  // namespace

void download(const std::string& address, const fs::path& part, uint64_t bytes,
              const FetchOptions& options) {
  Downloader(address, part, bytes, options).run();
}

std::string address_of(const std::string& from, std::string_view name) {
  std::string address = from;
  if (from.find("://") == std::string::npos) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    address = "file://";
    for (const char character : fs::absolute(from).lexically_normal().string()) {
      const auto byte = static_cast<unsigned char>(character);
      const bool plain = (byte < 128 && std::isalnum(byte) != 0) ||
                         std::string_view("/-._~").find(character) != std::string_view::npos;
      address += plain ? std::string(1, character)
                       : std::string("%") + kDigits[byte >> 4] + kDigits[byte & 15];
    }
  }
  return address + (address.ends_with('/') ? "" : "/") + std::string(name);
}

}  // namespace dyt::data
