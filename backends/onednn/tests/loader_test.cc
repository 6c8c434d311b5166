// SPDX-License-Identifier: Apache-2.0
// What the loader says where there is no plug-in, or not all of it.
#include "backends/onednn/loader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace inlay::onednn {
namespace {

TEST(OneDnnLoader, SaysWhyThereIsNone) {
  inlay_error why = {};
  EXPECT_EQ(open_plugin("no/such/libinlay_onednn.so", &why), nullptr);
  EXPECT_NE(std::string(why.text).find("no/such"), std::string::npos) << why.text;
  const std::string text = testing::TempDir() + "not_a_library_" + std::to_string(getpid()) + ".so";
  std::ofstream(text) << "text";
  EXPECT_EQ(open_plugin(text.c_str(), &why), nullptr);
  EXPECT_NE(why.text[0], '\0');
  std::remove(text.c_str());
}

TEST(OneDnnLoader, AMissingLibraryIsNamed) {
  inlay_error why = {};
  EXPECT_EQ(open_plugin(INLAY_ORPHAN_PLUGIN, &why), nullptr);
  EXPECT_NE(std::string(why.text).find("libinlay_absent.so"), std::string::npos) << why.text;
}

TEST(OneDnnLoader, AnotherObjectIsNoPlugin) {
  inlay_error why = {};
  EXPECT_EQ(open_plugin(INLAY_OTHER_PLUGIN, &why), nullptr);
  EXPECT_NE(std::string(why.text).find("version"), std::string::npos) << why.text;
}

}  // namespace
}  // namespace inlay::onednn
