// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "core/crc32c.h"

namespace inlay::opencl {
namespace {

// A file: this header, the identity, the content.
struct Header {
  char magic[8];
  uint32_t identity_bytes, identity_crc;
  uint64_t content_bytes;
  uint32_t content_crc, zero;
};
constexpr char kMagic[8] = {'I', 'N', 'L', 'Y', 'C', 'L', '0', '1'};
constexpr uint64_t kMostBytes = uint64_t{1} << 30;

uint32_t crc_of(const void* data, size_t bytes) { return crc32c(data, bytes); }

class File {
 public:
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return fd_ >= 0; }
  bool read_all(void* to, size_t bytes) const {
    auto* at = static_cast<char*>(to);
    while (bytes != 0) {
      const ssize_t got = read(fd_, at, bytes);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      at += got;
      bytes -= static_cast<size_t>(got);
    }
    return true;
  }
  bool write_all(const void* from, size_t bytes) const {
    const auto* at = static_cast<const char*>(from);
    while (bytes != 0) {
      const ssize_t put = write(fd_, at, bytes);
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return false;
      at += put;
      bytes -= static_cast<size_t>(put);
    }
    return true;
  }
  bool finish() {
    const int result = close(fd_);
    fd_ = -1;
    return result == 0;
  }

 private:
  int fd_;
};

}  // namespace

std::string fingerprint(const std::string& text) {
  uint64_t hash[2] = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};
  for (const char c : text) {
    for (uint64_t& h : hash) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    hash[1] ^= hash[1] >> 29;
  }
  char out[33];
  std::snprintf(out, sizeof(out), "%016llx%016llx", static_cast<unsigned long long>(hash[0]),
                static_cast<unsigned long long>(hash[1]));
  return out;
}

std::vector<unsigned char> read_cached(const std::string& path, const std::string& identity) {
  const File file(path, O_RDONLY);
  Header h;
  if (!file.is_open() || !file.read_all(&h, sizeof(h)) || std::memcmp(h.magic, kMagic, sizeof(kMagic)) != 0) return {};
  if (h.identity_bytes != identity.size() || h.identity_crc != crc_of(identity.data(), identity.size())) return {};
  if (h.content_bytes == 0 || h.content_bytes > kMostBytes) return {};
  std::string found(identity.size(), '\0');
  if (!file.read_all(found.data(), found.size()) || found != identity) return {};
  struct stat info = {};
  // The size in the header is believed only where the file has it, so that a torn one asks for no gigabyte.
  if (stat(path.c_str(), &info) != 0 || static_cast<uint64_t>(info.st_size) != sizeof(h) + identity.size() + h.content_bytes)
    return {};
  std::vector<unsigned char> content(static_cast<size_t>(h.content_bytes));
  if (!file.read_all(content.data(), content.size()) || crc_of(content.data(), content.size()) != h.content_crc) return {};
  return content;
}

bool write_cached(const std::string& path, const std::string& identity, const std::vector<unsigned char>& content) {
  static unsigned number = 0;
  const std::string aside =
      path + "." + std::to_string(getpid()) + "." + std::to_string(__atomic_fetch_add(&number, 1u, __ATOMIC_RELAXED));
  Header h = {};
  std::memcpy(h.magic, kMagic, sizeof(kMagic));
  h.identity_bytes = static_cast<uint32_t>(identity.size());
  h.identity_crc = crc_of(identity.data(), identity.size());
  h.content_bytes = content.size();
  h.content_crc = crc_of(content.data(), content.size());
  File file(aside, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) return false;
  const bool whole = file.write_all(&h, sizeof(h)) && file.write_all(identity.data(), identity.size()) &&
                     file.write_all(content.data(), content.size()) && file.finish();
  if (whole && std::rename(aside.c_str(), path.c_str()) == 0) return true;
  unlink(aside.c_str());
  return false;
}

bool make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return true;
  return false;
}

}  // namespace inlay::opencl
