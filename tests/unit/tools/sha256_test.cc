// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/sha256.h"

#include <gtest/gtest.h>

namespace inlay::tools {
namespace {

// The examples of FIPS 180-4.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Crc32, KnownAnswers) { EXPECT_EQ(crc32("123456789", 9), 0xCBF43926u); }

}  // namespace
}  // namespace inlay::tools
