// SPDX-License-Identifier: Apache-2.0
// Every call of the heap counted, or failed in turn. The linker's --wrap puts these before the calls of the libraries linked.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "stress/support.h"
#include "tools/emit/emit.h"

namespace {
std::atomic<int64_t> g_calls{0}, g_live{0}, g_fail_at{-1};

/// Counts a call; true when it must fail.
bool refuse() { return ++g_calls == g_fail_at; }
void* counted(void* p) {
  g_live += p != nullptr ? 1 : 0;
  return p;
}
}  // namespace

extern "C" {
void* __real_malloc(size_t);
void* __real_calloc(size_t, size_t);
void* __real_realloc(void*, size_t);
void* __real_aligned_alloc(size_t, size_t);
void __real_free(void*);
void* __wrap_malloc(size_t n) { return refuse() ? nullptr : counted(__real_malloc(n)); }
void* __wrap_calloc(size_t n, size_t m) { return refuse() ? nullptr : counted(__real_calloc(n, m)); }
void* __wrap_realloc(void* p, size_t n) { return refuse() ? nullptr : __real_realloc(p, n); }
void* __wrap_aligned_alloc(size_t a, size_t n) { return refuse() ? nullptr : counted(__real_aligned_alloc(a, n)); }
void __wrap_free(void* p) {
  g_live -= p != nullptr ? 1 : 0;
  __real_free(p);
}
}

namespace inlay::stress {
namespace {

/// Opens, creates, runs and destroys; the first status that is not OK.
inlay_status life(const char* path, inlay_error* error) {
  inlay_model* model = nullptr;
  inlay_session* session = nullptr;
  inlay_status status = inlay_model_open_file(path, nullptr, &model, error);
  if (status != INLAY_OK) return status;
  status = inlay_session_create(model, nullptr, &session, error);
  if (status == INLAY_OK) status = inlay_session_run(session, error);
  inlay_session_destroy(session);
  inlay_model_close(model);
  return status;
}

TEST(Heap, EveryAllocationFailedInTurn) {
  const std::string path = ::testing::TempDir() + "inlay_heap_" + std::to_string(getpid()) + ".inlay";
  const tools::Bytes bytes = digits("int8");
  tools::write_file(path, bytes.data(), bytes.size());
  int failures = 0;
  for (int64_t n = 1; n < 1000; ++n) {
    inlay_error error = {};
    const int64_t live = g_live;
    g_calls = 0;
    g_fail_at = n;
    const inlay_status status = life(path.c_str(), &error);
    const bool reached = g_calls >= n;
    g_fail_at = -1;
    EXPECT_EQ(g_live, live) << "a leak when allocation " << n << " fails";
    if (!reached) {
      EXPECT_EQ(status, INLAY_OK) << error.text;
      break;
    }
    ++failures;
    EXPECT_EQ(status, INLAY_STATUS_OUT_OF_MEMORY) << n;
    EXPECT_NE(error.text[0], '\0');
  }
  EXPECT_GE(failures, 4);
  std::remove(path.c_str());
}

TEST(Heap, RunDoesNotAllocate) {
  for (const char* kind : {"int8", "float"}) {
    const Model model(digits(kind));
    inlay_session* session = nullptr;
    const std::vector<inlay_device> devices = builtin();
    const inlay_config config = config_of(devices);
    ASSERT_EQ(inlay_session_create(model.get(), &config, &session, nullptr), INLAY_OK);
    const int64_t before = g_calls;
    const inlay_status status = inlay_session_run(session, nullptr);
    EXPECT_EQ(g_calls, before) << kind;
    EXPECT_EQ(status, INLAY_OK);
    inlay_session_destroy(session);
  }
}

TEST(Heap, RunOfThreadsDoesNotAllocate) {
  inlay_pool_config wanted = {};
  wanted.struct_size = sizeof(wanted);
  wanted.threads = 2;
  wanted.grain = 1;  // the models are small: cut them all the same
  inlay_config config = {};
  ASSERT_EQ(inlay_pool_create(&wanted, &config.pool, nullptr), INLAY_OK);
  const inlay_pool* const pool = config.pool;
  for (const char* kind : {"int8", "float"}) {
    const Model model(digits(kind));
    inlay_session* session = nullptr;
    const std::vector<inlay_device> devices = builtin();
    config = config_of(devices);
    config.pool = pool;
    ASSERT_EQ(inlay_session_create(model.get(), &config, &session, nullptr), INLAY_OK);
    const int64_t before = g_calls;
    for (int i = 0; i < 20; ++i) EXPECT_EQ(inlay_session_run(session, nullptr), INLAY_OK);
    EXPECT_EQ(g_calls, before) << kind;
    inlay_session_destroy(session);
  }
  inlay_pool_destroy(pool);
}

}  // namespace
}  // namespace inlay::stress
