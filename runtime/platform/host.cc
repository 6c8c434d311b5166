// SPDX-License-Identifier: Apache-2.0
// Hosts: files mapped into memory, and the forms of the API that allocate.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <initializer_list>

#include "core/checked.h"
#include "core/error.h"
#include "inlay/backend.h"
#include "model/model.h"
#include "platform/placement.h"
#include "platform/pool.h"
#include "session/session.h"

namespace inlay {
namespace {

constexpr size_t kHostAlignment = 64;
constexpr int32_t kMaxDefaultDevices = 32;
constexpr size_t kHugePage = 2097152;

/// Aligned, uninitialized; NULL when there is none. Memory is asked for in huge pages as far as that takes at most half of one more:
/// touching the pages of a session for the first time costs more than all else that prepares it.
void* allocate(size_t bytes) {
  const size_t huge = (bytes + kHugePage / 2) / kHugePage * kHugePage;
  if (huge == 0) return aligned_alloc(kHostAlignment, align_up(bytes + 1, kHostAlignment));
  void* memory = aligned_alloc(kHugePage, align_up(bytes + 1, kHugePage));
#if defined(MADV_HUGEPAGE)
  if (memory != nullptr) madvise(memory, huge, MADV_HUGEPAGE);  // advice: what comes of it is all the same
#endif
  return memory;
}

/// Maps a whole file read-only.
inlay_status map_file(const char* path, void** out, size_t* size, inlay_error* error) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return INLAY_FAIL(error, IO, "cannot open the file (%): %", strerror(errno), path);
  struct stat info = {};
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(file);
    return INLAY_FAIL(error, IO, "not a regular file: %", path);
  }
  if (info.st_size == 0) {
    close(file);
    return INLAY_FAIL(error, MODEL_CORRUPT, "the file is empty, copy it again: %", path);
  }
  *size = static_cast<size_t>(info.st_size);
  void* mapping = mmap(nullptr, *size, PROT_READ, MAP_PRIVATE, file, 0);
  const int reason = errno;
  close(file);
  if (mapping == MAP_FAILED) return INLAY_FAIL(error, IO, "cannot map the file (%): %", strerror(reason), path);
  *out = mapping;
  return INLAY_OK;
}

inlay_status make_model(void* bytes, size_t size, const inlay_model_config* config, inlay_model** out, inlay_error* error) {
  size_t need = 0;
  INLAY_TRY(inlay_model_measure(bytes, size, config, &need, error));
  const inlay_block memory = {allocate(need), need};
  if (memory.data == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for the model's tables (% bytes)", need);
  const inlay_model_config checked = {sizeof(checked), 1};  // measure has just checked the CRCs, or was told not to
  const inlay_status status = inlay_model_init(bytes, size, &checked, memory, out, error);
  if (status != INLAY_OK) free(memory.data);
  return status;
}

/// What inlay_model_open_file keeps of a file: where it is mapped, and the folder "PATH.cache" for what devices build.
struct OpenedFile {
  void* bytes;
  char cache_dir[1];  // ends with '\0'
};
constexpr const char* kCacheSuffix = ".cache";

OpenedFile* keep_file(void* bytes, const char* path) {
  const size_t length = strlen(path);
  auto* file = static_cast<OpenedFile*>(malloc(sizeof(OpenedFile) + length + strlen(kCacheSuffix)));
  if (file == nullptr) return nullptr;
  file->bytes = bytes;
  memcpy(file->cache_dir, path, length);
  memcpy(file->cache_dir + length, kCacheSuffix, strlen(kCacheSuffix) + 1);
  return file;
}

/// The first device of every backend that has one, in the order of the registry.
int32_t default_devices(const inlay_model* model, inlay_device* out, int32_t capacity) {
  inlay_segment whole = {};
  whole.struct_size = sizeof(whole);
  if (model != nullptr && model->graph_count > 0) {
    whole.graph = whole.graphs = model->graphs;
    whole.graph_count = model->graph_count;
    whole.node_count = model->graphs[0].node_count;
  }
  int32_t count = 0;
  for (int32_t b = 0; b < inlay_backend_count() && count < capacity; ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    inlay_device_info info;
    inlay_error why = {};
    if ((backend->flags & INLAY_BACKEND_ACCELERATOR) != 0) continue;
    // A backend that must load a large library first says whether CPU and model are worth that.
    if ((backend->flags & INLAY_BACKEND_IF_BEST) != 0 && backend->preference(0, &whole, nullptr) <= 0) continue;
    if (backend->probe(&info, 1, &why) > 0) out[count++] = {backend, 0};
  }
  return count;
}

void free_arena(const inlay_arena& arena) {
  free(arena.persistent.data);
  free(arena.planned.data);
  free(arena.scratch.data);
}

/// Measures and makes a session whose config is complete but for the pool.
inlay_status make_session(const inlay_model* model, inlay_config config, inlay_session** out, inlay_error* error) {
  const bool needs_pool = config.share == nullptr && config.pool == nullptr && config.threads > 1;
  if (needs_pool) INLAY_TRY(process_pool(config, &config.pool, error));
  inlay_arena arena = {};
  INLAY_TRY(inlay_session_measure(model, &config, &arena, error));
  for (inlay_block* block : {&arena.persistent, &arena.planned, &arena.scratch}) {
    block->data = allocate(block->bytes);
    if (block->data == nullptr) {
      free_arena(arena);
      return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for the session (% bytes of activations)", arena.planned.bytes);
    }
  }
  const inlay_status status = inlay_session_init(model, &config, &arena, out, error);
  if (status != INLAY_OK) {
    free_arena(arena);
    return status;
  }
  // Inputs that are never written should not run on garbage.
  memset(arena.planned.data, 0, arena.planned.bytes);
  (*out)->owned = true;
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_model_open_file(const char* path, const inlay_model_config* config, inlay_model** out, inlay_error* error) {
  if (path == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "path or out is NULL");
  void* bytes = nullptr;
  size_t size = 0;
  INLAY_TRY(inlay::map_file(path, &bytes, &size, error));
  inlay::OpenedFile* file = inlay::keep_file(bytes, path);
  const inlay_status status = file != nullptr ? inlay::make_model(bytes, size, config, out, error)
                                              : INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to open a file");
  if (status != INLAY_OK) {
    munmap(bytes, size);
    free(file);
    return status;
  }
  (*out)->mapping = file;
  return INLAY_OK;
}

void inlay_model_close(inlay_model* model) {
  if (model == nullptr) return;
  auto* file = static_cast<inlay::OpenedFile*>(model->mapping);
  munmap(file->bytes, model->size);
  free(file);
  free(model);  // its memory begins with itself
}

inlay_status inlay_session_create(const inlay_model* model, const inlay_config* config, inlay_session** out, inlay_error* error) {
  if (out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "out is NULL");
  inlay_config full = {};
  if (config != nullptr) {
    if (config->struct_size < sizeof(full)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_config.struct_size is not set");
    full = *config;
  }
  full.struct_size = sizeof(full);
  if (full.ops == nullptr) full.ops = inlay_default_ops();
  if (full.cache_dir == nullptr && model != nullptr && model->mapping != nullptr) {
    full.cache_dir = static_cast<const inlay::OpenedFile*>(model->mapping)->cache_dir;
  }
  if (full.device_count != 0) return inlay::make_session(model, full, out, error);

  inlay::SessionPlacement stored;
  inlay_config placed = full;
  if (model != nullptr && full.placement == nullptr && full.share == nullptr && stored.fill_stored(*model, &placed)) {
    const inlay_status status = inlay::make_session(model, placed, out, error);
    // Made for another build or CPU, it may name ops that the device of today refuses.
    if (status == INLAY_OK || status == INLAY_STATUS_OUT_OF_MEMORY) return status;
  }
  inlay_device devices[inlay::kMaxDefaultDevices];
  full.devices = devices;
  full.by_preference = 1;
  full.device_count = inlay::default_devices(model, devices, inlay::kMaxDefaultDevices);
  return inlay::make_session(model, full, out, error);
}

void inlay_session_destroy(inlay_session* session) {
  if (session == nullptr) return;
  const inlay_arena arena = session->memory;
  inlay_session_deinit(session);
  if (session->owned) inlay::free_arena(arena);
}

}  // extern "C"
