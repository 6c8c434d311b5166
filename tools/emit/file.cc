// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tools/emit/emit.h"

namespace inlay::tools {
namespace {

/// A temporary file that vanishes unless it is renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target) : path_(target + ".XXXXXX") {
    file_ = mkstemp(path_.data());
    if (file_ < 0) fail("cannot create a file beside", target);
  }
  ~TemporaryFile() {
    if (file_ >= 0) close(file_);
    if (!path_.empty()) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write_all(const char* data, size_t size, const std::string& target) {
    while (size > 0) {
      const ssize_t done = write(file_, data, size);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) fail("cannot write", target);
      data += done;
      size -= static_cast<size_t>(done);
    }
  }
  void rename_to(const std::string& target) {
    const mode_t mask = umask(0);
    umask(mask);
    // mkstemp makes private files; the result should be as any other file of the user.
    if (fchmod(file_, 0666 & ~mask) != 0 || fsync(file_) != 0) fail("cannot write", target);
    if (rename(path_.c_str(), target.c_str()) != 0) fail("cannot write", target);
    path_.clear();
  }

 private:
  [[noreturn]] static void fail(const std::string& what, const std::string& target) {
    throw Error(what + " '" + target + "': " + std::strerror(errno));
  }
  std::string path_;
  int file_ = -1;
};

}  // namespace

void write_file(const std::string& path, const void* data, size_t size) {
  struct stat info = {};
  // Renaming onto a device or a pipe would replace it by a file.
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    throw Error("cannot write '" + path + "': it exists and is not a regular file");
  }
  TemporaryFile file(path);
  file.write_all(static_cast<const char*>(data), size, path);
  file.rename_to(path);
}

Bytes read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info = {};
  if (file < 0 || fstat(file, &info) != 0) {
    const std::string reason = std::strerror(errno);
    if (file >= 0) close(file);
    throw Error("cannot open '" + path + "': " + reason);
  }
  if (!S_ISREG(info.st_mode)) {
    close(file);
    throw Error("cannot read '" + path + "': not a regular file");
  }
  Bytes bytes(static_cast<size_t>(info.st_size));
  size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t n = read(file, bytes.data() + got, bytes.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += static_cast<size_t>(n);
  }
  close(file);
  if (got != bytes.size()) throw Error("cannot read '" + path + "': the file is shorter than it says");
  return bytes;
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && !std::filesystem::is_directory(path, error) && !error) error = std::make_error_code(std::errc::not_a_directory);
  if (error) throw Error("cannot make the folder '" + path + "': " + error.message());
}

}  // namespace inlay::tools
