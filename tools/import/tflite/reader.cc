// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/reader.h"

#include <algorithm>
#include <cstring>

namespace inlay::tools::tflite_import {

const tfl::Model* verified_model(const Bytes& file, std::vector<uint64_t>* aligned) {
  if (file.size() < 8 || !tfl::ModelBufferHasIdentifier(file.data())) {
    throw Error("this is not a .tflite file: expected \"TFL3\" at byte 4 (is the path right, or the download complete?)");
  }
  if (file.size() > FLATBUFFERS_MAX_BUFFER_SIZE) throw Error("the file is larger than 2 GiB, more than a .tflite file can be");
  // The caller's bytes may start anywhere; the checks of alignment below need a base that is aligned itself.
  aligned->assign((file.size() + 7) / 8, 0);
  std::memcpy(aligned->data(), file.data(), file.size());
  constexpr size_t kMaxDepth = 64, kMaxTables = 1000000;
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(aligned->data()), file.size(), kMaxDepth, kMaxTables);
  if (!tfl::VerifyModelBuffer(verifier)) {
    throw Error("the .tflite file is damaged: its FlatBuffer does not verify (expected " + std::to_string(file.size()) +
                " bytes of a whole model; download or export it again)");
  }
  return tfl::GetModel(aligned->data());
}

int32_t builtin_code(const tfl::OperatorCode& code) {
  return std::max(static_cast<int32_t>(code.deprecated_builtin_code()), static_cast<int32_t>(code.builtin_code()));
}

std::string op_name(const tfl::OperatorCode& code) {
  const int32_t number = builtin_code(code);
  if (number == static_cast<int32_t>(tfl::BuiltinOperator::CUSTOM)) return "CUSTOM '" + text_of(code.custom_code()) + "'";
  const char* name = tfl::EnumNameBuiltinOperator(static_cast<tfl::BuiltinOperator>(number));
  return name[0] != '\0' ? name : "op number " + std::to_string(number);
}

}  // namespace inlay::tools::tflite_import
