// SPDX-License-Identifier: Apache-2.0
#include "tools/embed/write.h"

#include <algorithm>
#include <cctype>
#include <cinttypes>
#include <cstdio>
#include <set>

#include "core/crc32c.h"

namespace inlay::tools {
namespace {

std::string number(int64_t value) { return std::to_string(value); }
std::string size(size_t value) { return std::to_string(value) + "u"; }
std::string at(int64_t offset) { return offset == kNowhere ? "0" : "AT(" + number(offset) + ")"; }

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string words_text(const std::vector<uint8_t>& bytes) {
  std::string out;
  out.reserve(bytes.size() * 3);
  for (size_t i = 0; i < bytes.size(); i += 4) {
    uint32_t word = 0;
    for (size_t b = 0; b < 4 && i + b < bytes.size(); ++b) word |= static_cast<uint32_t>(bytes[i + b]) << (8 * b);
    char text[16];
    std::snprintf(text, sizeof(text), "0x%" PRIx32 ",%s", word, i / 4 % 10 == 9 ? "\n" : "");
    out += text;
  }
  return out;
}

std::string tensor_text(const ImageTensor& t) {
  return "    {" + at(t.name) + ", " + at(t.data) + ", " + at(t.dims) + ", " + size(t.bytes) + ", {" + at(t.quant.scales) + ", " +
         at(t.quant.zero_points) + ", " + number(t.quant.count) + ", " + number(t.quant.axis) + "}, " + number(t.dtype) + ", " +
         number(t.rank) + ", " + number(t.flags) + ", " + number(t.variable) + "},\n";
}

std::string node_text(const ImageNode& n) {
  return "    {" + at(n.name) + ", " + at(n.custom_code) + ", " + at(n.params) + ", " + at(n.custom) + ", " + at(n.inputs) + ", " +
         at(n.outputs) + ", " + number(n.custom_bytes) + ", " + number(n.kind) + ", " + number(n.input_count) + ", " + number(n.output_count) + ", " + number(n.params_type) + ", " +
         number(n.activation) + "},\n";
}

std::string step_text(const ImageNode& n) {
  return "    {" + (n.eval.empty() ? "0" : n.eval) + ", " + (n.twin.empty() ? "0" : n.twin) + ", " + at(n.step_data) + "},\n";
}

/// C has no empty arrays: one element that nobody reads.
template <typename List, typename Text>
std::string table(const std::string& head, const List& list, Text text, const char* none) {
  std::string out = head + "[] = {\n";
  for (const auto& item : list) out += text(item);
  if (list.empty()) out += std::string("    ") + none + ",\n";
  return out + "};\n";
}

std::string symbols_text(const Image& image) {
  std::set<std::string> evals, twins;
  for (const ImageGraph& g : image.graphs) {
    for (const ImageNode& n : g.nodes) {
      if (!n.eval.empty()) evals.insert(n.eval);
      if (!n.twin.empty()) twins.insert(n.twin);
    }
  }
  std::string out;
  for (const std::string& eval : evals) out += "extern inlay_status " + eval + "(const inlay_eval*);\n";
  if (!twins.empty()) out += "/* Kernels of this processor: objects of the library, only their places are needed. */\n";
  for (const std::string& twin : twins) out += "extern const char " + twin + "[];\n";
  return out + "\n";
}

std::string graph_tables(const ImageGraph& g, size_t index) {
  const std::string i = std::to_string(index);
  return table("static const inlay_tensor tensors_" + i, g.tensors, tensor_text, "{0, 0, 0, 0, {0, 0, 0, 0}, 0, 0, 0, -1}") +
         table("static const inlay_node nodes_" + i, g.nodes, node_text, "{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}") +
         table("static const inlay_step steps_" + i, g.nodes, step_text, "{0, 0, 0}") + "\n";
}

std::string graphs_text(const Image& image) {
  std::string graphs = "static const inlay_graph graphs[] = {\n", steps = "static const inlay_steps steps[] = {\n",
              offsets = "static const uint32_t* const offsets[] = {\n";
  for (size_t g = 0; g < image.graphs.size(); ++g) {
    const ImageGraph& from = image.graphs[g];
    const std::string i = std::to_string(g);
    graphs += "    {" + at(from.name) + ", tensors_" + i + ", nodes_" + i + ", " + at(from.inputs) + ", " + at(from.outputs) +
              ", " + number(static_cast<int64_t>(from.tensors.size())) + ", " + number(static_cast<int64_t>(from.nodes.size())) +
              ", " + number(from.input_count) + ", " + number(from.output_count) + "},\n";
    steps += "    {&graphs[" + i + "], steps_" + i + ", 0, " + number(static_cast<int64_t>(from.nodes.size())) + ", 0, 1},\n";
    offsets += "    " + at(from.offsets) + ",\n";
  }
  return graphs + "};\n" + steps + "};\n" + offsets + "};\n";
}

std::string model_text(const Image& image, const std::string& name) {
  const std::vector<uint8_t> whole = image_bytes(image);
  std::string out = table(
      "static const inlay_model_variable variables", image.variables,
      [](const ImageVariable& v) {
        return "    {" + at(v.name) + ", " + at(v.initial) + ", " + size(v.bytes) + ", " + size(v.offset) + "},\n";
      },
      "{0, 0, 0, 0}");
  out += table(
      "static const char* const metadata", image.metadata, [](int64_t text) { return "    " + at(text) + ",\n"; }, "0");
  out += "static const inlay_prepared prepared = {INLAY_PREPARED_VERSION, " + std::to_string(crc32c(whole.data(), whole.size())) +
         "u, " + name + "_data, " + size(whole.size()) + ", " + size(image.scratch_bytes) + ", steps, metadata, " +
         number(static_cast<int64_t>(image.metadata.size() / 2)) + "};\n";
  out += "const inlay_model " + name + "_model = {0, 0, graphs, offsets, variables, " +
         number(static_cast<int64_t>(image.graphs.size())) + ", " + number(static_cast<int64_t>(image.variables.size())) + ", " +
         size(image.variables_bytes) + ", " + size(image.planned_bytes) + ", " + size(image.weights_bytes) + ", " +
         size(image.lower_bound) + ", " + size(image.lower_bound_unshared) + ", 0, 0, &prepared};\n";
  return out;
}

size_t tensor_count(const Image& image) {
  size_t count = 0;
  for (const ImageGraph& g : image.graphs) count += g.tensors.size();
  return count;
}

}  // namespace

std::string image_header(const Image& image, const std::string& name, const Target& target) {
  const std::string prefix = upper(name), guard = prefix + "_MODEL_H";
  std::string out = "/* Written by inlay embed " + std::string(inlay_version()) + " for " + target.name + "; do not edit. */\n";
  out += "#ifndef " + guard + "\n#define " + guard + "\n\n#include \"inlay/prepared.h\"\n\n";
  out += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  out += "/* Bytes to give inlay_session_init_prepared, each block aligned to 16. Nothing else needs RAM but the stack. */\n";
  out += "#define " + prefix + "_SESSION_BYTES INLAY_PREPARED_SESSION_BYTES(" + size(image.graphs.size()) + ", " +
         size(tensor_count(image)) + ", " + size(image.variables_bytes) + ")\n";
  out += "#define " + prefix + "_PLANNED_BYTES " + size(image.planned_bytes) + "\n";
  out += "#define " + prefix + "_SCRATCH_BYTES " + size(image.scratch_bytes) + "\n\n";
  out += "extern const inlay_model " + name + "_model;\n\n";
  return out + "#ifdef __cplusplus\n}\n#endif\n#endif /* " + guard + " */\n";
}

std::vector<uint8_t> image_bytes(const Image& image) {
  std::vector<uint8_t> whole = image.data.bytes();
  whole.resize(std::max<size_t>((whole.size() + 3) / 4 * 4, 4));  // whole words, and C has no empty arrays
  return whole;
}

std::string image_assembly(const std::string& name) {
  const std::string symbol = name + "_data";
  return "/* The bytes of a prepared model, in a section that a linker script may place. */\n    .section .rodata." + symbol +
         ", \"a\"\n    .balign 16\n    .global " + symbol + "\n    .type " + symbol + ", %object\n" + symbol +
         ":\n    .incbin \"" + symbol + ".bin\"\n    .size " + symbol + ", . - " + symbol +
         "\n    .section .note.GNU-stack, \"\", %progbits\n";
}

std::string image_source(const Image& image, const std::string& name, const std::string& origin, bool placed) {
  std::string out = "/* Written by inlay embed " + std::string(inlay_version()) + "; do not edit.\n * " + origin + " */\n";
  out += "#include \"" + name + "_model.h\"\n\n";
  out +=
      "#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__\n#error \"the tables are for little-endian "
      "processors\"\n#endif\n\n";
  const std::vector<uint8_t> whole = image_bytes(image);
  const std::string array = "const uint32_t " + name + "_data[" + size(whole.size() / 4) + "]";
  if (placed) {
    out += "extern " + array + "; /* " + name + "_data.S */\n";
  } else {
    out += "static " + array + " __attribute__((aligned(16))) = {\n" + words_text(whole) + "\n};\n";
  }
  out += "#define AT(offset) ((const void*)((const unsigned char*)" + name + "_data + (offset)))\n\n";
  out += symbols_text(image);
  for (size_t g = 0; g < image.graphs.size(); ++g) out += graph_tables(image.graphs[g], g);
  return out + graphs_text(image) + model_text(image, name);
}

ImageSizes sizes_of(const Image& image, const Target& target) {
  const auto word = static_cast<size_t>(target.pointer_bytes);
  ImageSizes out = {};
  out.data = image_bytes(image).size();
  // The structs of inlay/graph.h and inlay/prepared.h where a pointer has a word; tables without a line have one all the same.
  const auto lines = [](size_t count) { return std::max<size_t>(count, 1); };
  for (const ImageGraph& g : image.graphs) {
    out.tables += lines(g.tensors.size()) * (24 + 4 * word) + lines(g.nodes.size()) * ((12 + 6 * word) + 3 * word);
    out.tables += (16 + 5 * word) + (12 + 3 * word) + word;  // graph, steps, offsets
  }
  out.tables += lines(image.variables.size()) * (4 * word) + lines(image.metadata.size()) * word;
  out.tables += (12 + 5 * word) + (8 + 13 * word);  // prepared, model
  const size_t words = INLAY_SESSION_WORDS + 8 * image.graphs.size() + tensor_count(image);
  out.session = INLAY_ROUND_16(words * word) + image.variables_bytes;
  out.planned = image.planned_bytes;
  out.scratch = image.scratch_bytes;
  return out;
}

}  // namespace inlay::tools
