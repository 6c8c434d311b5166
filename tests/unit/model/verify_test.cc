// SPDX-License-Identifier: Apache-2.0
// The walk over a file's tables against FlatBuffers' own verifier: never more lenient, and no stricter on what a converter
// writes.
#include "model/verify.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "inlay/placement.h"
#include "schema/inlay_generated.h"
#include "tools/emit/emit.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay {
namespace {

using tools::Bytes;

/// The tables of a file, in memory aligned to 64 that ends where they end.
class Tables {
 public:
  explicit Tables(const Bytes& file) {
    format::Header header;
    std::memcpy(static_cast<void*>(&header), file.data() + 8, sizeof(header));
    bytes_.assign(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(header.tables_bytes()));
  }
  const Bytes& bytes() const { return bytes_; }

  static bool ours(const Bytes& tables) {
    return with_copy(tables, [&](const uint8_t* at) { return tables_are_sound(at, tables.size()); });
  }
  static bool theirs(const Bytes& tables) {
    return with_copy(tables, [&](const uint8_t* at) {
      flatbuffers::Verifier verifier(at, tables.size(), 16, 1000000);
      return verifier.VerifyBuffer<format::Model>(nullptr);
    });
  }

 private:
  template <typename Ask>
  static bool with_copy(const Bytes& tables, Ask ask) {
    std::vector<uint8_t> memory(tables.size() + 64);
    uint8_t* at = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
    memory.resize(static_cast<size_t>(at - memory.data()) + tables.size());
    if (!tables.empty()) std::memcpy(at, tables.data(), tables.size());
    return ask(at);
  }
  Bytes bytes_;
};

Bytes model_file(bool placed) {
  tools::Model model =
      tools::import_tflite(tools::read_file(std::string(INLAY_SOURCE_DIR) + "/examples/digits/digits_int8.tflite"), {});
  tools::optimize(model);
  model.metadata["key"] = "value";
  if (!placed) return tools::emit_inlay(model, {});
  tools::Placement p;
  p.devices = {"builtin", "reference"};
  p.placed.assign(10, 0);
  p.costs_us.assign(20, 1.0f);
  p.links.assign(2, {25, 2, 3, 4000, 5, 6000});
  p.board = "a board";
  return tools::emit_inlay(model, {p});
}

TEST(Verify, TakesWhatTheConverterWrites) {
  for (const bool placed : {false, true}) {
    const Tables tables(model_file(placed));
    EXPECT_TRUE(Tables::ours(tables.bytes()));
    EXPECT_TRUE(Tables::theirs(tables.bytes()));
  }
}

TEST(Verify, RefusesEveryTruncation) {
  const Bytes whole = Tables(model_file(true)).bytes();
  for (size_t size = 0; size < whole.size(); size += 1 + size / 64) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    // Padding behind the last string may go; FlatBuffers says when.
    ASSERT_LE(Tables::ours(cut), Tables::theirs(cut)) << size;
  }
}

TEST(Verify, NeverMoreLenientThanFlatBuffers) {
  std::mt19937 random(7);
  int both = 0, refused = 0, stricter = 0;
  for (const bool placed : {false, true}) {
    const Bytes whole = Tables(model_file(placed)).bytes();
    for (int round = 0; round < 20000; ++round) {
      Bytes bytes = whole;
      const size_t words = bytes.size() / 4;
      for (uint32_t times = 1 + random() % 2; times > 0; --times) {
        const size_t at = random() % words * 4;
        uint32_t word;
        std::memcpy(&word, &bytes[at], 4);
        const uint32_t with[] = {static_cast<uint32_t>(random()),
                                 word + 4,
                                 word - 4,
                                 word ^ 1u << random() % 32,
                                 static_cast<uint32_t>(random() % bytes.size()),
                                 0u};
        word = with[random() % 6];
        std::memcpy(&bytes[at], &word, 4);
      }
      const bool ours = Tables::ours(bytes), theirs = Tables::theirs(bytes);
      ASSERT_LE(ours, theirs) << round;
      both += ours;
      refused += !theirs;
      stricter += theirs && !ours;
    }
  }
  EXPECT_GT(both, 5000);
  EXPECT_GT(refused, 5000);
  // Offsets of zero inside of lists, which lead to themselves: FlatBuffers reads on there.
  EXPECT_LT(stricter, 400);
}

}  // namespace
}  // namespace inlay
