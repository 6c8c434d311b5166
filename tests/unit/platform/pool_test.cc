// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "inlay/inlay.h"

namespace inlay {
namespace {

struct Destroy {
  void operator()(const inlay_pool* pool) const { inlay_pool_destroy(pool); }
};
using PoolPtr = std::unique_ptr<const inlay_pool, Destroy>;

PoolPtr make(int32_t threads, int32_t spin_us = 0) {
  inlay_pool_config config = {};
  config.struct_size = sizeof(config);
  config.threads = threads;
  config.spin_us = spin_us;
  const inlay_pool* pool = nullptr;
  inlay_error error = {};
  EXPECT_EQ(inlay_pool_create(&config, &pool, &error), INLAY_OK) << error.text;
  return PoolPtr(pool);
}

/// Counts how often each part ran, and whether a thread index was used twice at once.
struct Tally {
  Tally(int32_t parts, int32_t threads) : runs(static_cast<size_t>(parts)), busy(static_cast<size_t>(threads)) {}
  std::vector<std::atomic<int>> runs, busy;
  std::atomic<bool> clash{false};
  const inlay_pool* nested = nullptr;

  static void task(void* raw, int32_t part, int32_t thread) {
    auto& t = *static_cast<Tally*>(raw);
    if (thread < 0 || static_cast<size_t>(thread) >= t.busy.size()) {
      t.clash = true;
      return;
    }
    if (t.busy[static_cast<size_t>(thread)].fetch_add(1) != 0) t.clash = true;
    if (t.nested != nullptr) {
      Tally inner(3, 1);
      t.nested->run(t.nested, 1, 3, task, &inner);
      for (auto& runs : inner.runs) t.clash = t.clash || runs != 1;
    }
    ++t.runs[static_cast<size_t>(part)];
    t.busy[static_cast<size_t>(thread)].fetch_sub(1);
  }
  void expect_each_once() const {
    EXPECT_FALSE(clash);
    for (const auto& count : runs) EXPECT_EQ(count, 1);
  }
};

TEST(Pool, EveryPartRunsOnce) {
  for (const int32_t spin : {-1, 0, 500}) {
    const PoolPtr pool = make(4, spin);
    EXPECT_EQ(pool->threads, 4);
    for (int i = 0; i < 300; ++i) {
      const int32_t parts = i % 23;
      Tally tally(parts, 4);
      pool->run(pool.get(), 4, parts, Tally::task, &tally);
      tally.expect_each_once();
    }
  }
}

TEST(Pool, FewerThreadsThanThePoolHas) {
  const PoolPtr pool = make(6);
  for (int i = 0; i < 200; ++i) {
    Tally tally(40, 2);
    pool->run(pool.get(), 2, 40, Tally::task, &tally);
    tally.expect_each_once();
  }
}

TEST(Pool, TasksAndOtherThreadsMayUseItToo) {
  const PoolPtr pool = make(3);
  std::vector<std::thread> callers;
  std::atomic<bool> failed{false};
  for (int c = 0; c < 3; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        Tally tally(9, 3);
        tally.nested = pool.get();
        pool->run(pool.get(), 3, 9, Tally::task, &tally);
        for (auto& count : tally.runs) failed = failed || count != 1;
        failed = failed || tally.clash;
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_FALSE(failed);
}

TEST(Pool, OneThreadAndDefaults) {
  const PoolPtr one = make(1);
  Tally tally(5, 1);
  one->run(one.get(), 1, 5, Tally::task, &tally);
  tally.expect_each_once();
  const inlay_pool* pool = nullptr;
  ASSERT_EQ(inlay_pool_create(nullptr, &pool, nullptr), INLAY_OK);
  EXPECT_GE(pool->threads, 1);
  inlay_pool_destroy(pool);
  inlay_pool_destroy(nullptr);
}

TEST(Pool, RefusesWhatItCannotBe) {
  inlay_pool_config config = {};
  const inlay_pool* pool = nullptr;
  inlay_error error = {};
  EXPECT_EQ(inlay_pool_create(&config, &pool, &error), INLAY_STATUS_BAD_ARGUMENT);
  config.struct_size = sizeof(config);
  EXPECT_EQ(inlay_pool_create(&config, nullptr, &error), INLAY_STATUS_BAD_ARGUMENT);
  for (const int32_t threads : {-1, 100000}) {
    config.threads = threads;
    EXPECT_EQ(inlay_pool_create(&config, &pool, &error), INLAY_STATUS_BAD_ARGUMENT);
  }
  config.threads = 1;
  config.cpus = uint64_t{1} << 63;
  if (std::thread::hardware_concurrency() < 64) {
    EXPECT_EQ(inlay_pool_create(&config, &pool, &error), INLAY_STATUS_UNSUPPORTED);
    EXPECT_STRNE(error.text, "");
  }
}

}  // namespace
}  // namespace inlay
