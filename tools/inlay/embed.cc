// SPDX-License-Identifier: Apache-2.0
// inlay embed: a model as C sources for a firmware, with only the ops it uses and the sizes of its memory.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "tools/embed/write.h"
#include "tools/emit/emit.h"
#include "tools/graph/op_call.h"
#include "tools/inlay/commands.h"
#include "tools/inlay/element.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/sha256.h"
#include "tools/inlay/user_ops.h"

namespace inlay::tools {
namespace {

struct EmbedArgs {
  std::string model, out;
  std::string lang = "c";
  std::string name = "model";
  std::string target = "portable", mode = "prepared";
  bool names = false, binary = false;
  std::vector<std::string> ops, custom_ops;
};

struct Sizes {
  size_t tables;
  inlay_arena session;
};

std::string check_name(const std::string& name) {
  bool good = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
  for (const char c : name) good = good && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_');
  return good ? "" : "'" + name + "' is no C identifier";
}

std::string check_custom_op(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) return "'" + text + "' is no NAME=SYMBOL";
  return check_name(text.substr(equals + 1));
}

const std::map<int, const char*>& op_symbols() {
  static const std::map<int, const char*> symbols = {
#define INLAY_OP(number, NAME, symbol, alias) {number, #symbol},
#include "inlay/ops.inc"
#undef INLAY_OP
  };
  return symbols;
}

/// The C objects of the user's ops, by name in the model: --custom-op NAME=SYMBOL.
std::map<std::string, std::string> custom_symbols(const EmbedArgs& args) {
  std::map<std::string, std::string> symbols;
  for (const std::string& text : args.custom_ops) {
    const size_t equals = text.rfind('=');
    symbols[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return symbols;
}

/// The C objects of the ops of all graphs, each once, in the order of their numbers, the user's last.
std::vector<std::string> used_ops(const inlay_model* model, const EmbedArgs& args) {
  const std::map<std::string, std::string> custom = custom_symbols(args);
  std::map<int, std::string> used;
  std::set<std::string> users;
  for (int32_t g = 0; g < inlay_model_graph_count(model); ++g) {
    const inlay_graph* graph = inlay_model_graph(model, g);
    for (int32_t n = 0; n < graph->node_count; ++n) {
      const int kind = graph->nodes[n].kind;
      if (kind == INLAY_OP_CUSTOM) {
        const std::string name = graph->nodes[n].custom_code;
        if (custom.count(name) == 0) {
          throw Error("op " + std::to_string(n) + " of the model is the custom op '" + printable(name.c_str()) +
                      "'; name the C object of it with --custom-op '" + printable(name.c_str()) +
                      "=SYMBOL', and give it with --ops LIB.so");
        }
        users.insert(custom.at(name));
        continue;
      }
      const auto found = op_symbols().find(kind);
      if (found == op_symbols().end()) {
        throw Error("op " + std::to_string(n) + " of the model is " + inlay_op_kind_name(kind) +
                    ", which this build has no kernel for");
      }
      used[kind] = std::string("inlay_op_") + found->second;
    }
  }
  std::vector<std::string> list;
  for (const auto& [kind, symbol] : used) list.push_back(symbol);
  list.insert(list.end(), users.begin(), users.end());
  return list;
}

Sizes measure(const inlay_model* model, const Target& target, const std::string& path, const Bytes& file) {
  Sizes sizes{};
  inlay_error error{};
  // A copy as aligned as the array will be: an open model does not tell the bytes of its tables.
  const std::unique_ptr<void, decltype(&std::free)> aligned(std::aligned_alloc(64, (file.size() + 63) / 64 * 64), &std::free);
  if (aligned == nullptr) throw std::bad_alloc();
  std::copy(file.begin(), file.end(), static_cast<uint8_t*>(aligned.get()));
  check(inlay_model_measure(aligned.get(), file.size(), nullptr, &sizes.tables, &error), error, path);

  const std::vector<inlay_device> devices = find_devices(target.device);  // this host's own twins are not the board's
  inlay_config config{};
  config.struct_size = sizeof(config);
  config.threads = 1;
  config.devices = devices.data();
  config.device_count = 1;
  config.ops = all_ops();
  check(inlay_session_measure(model, &config, &sizes.session, &error), error, "measuring the session");
  return sizes;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string define(const std::string& prefix, const char* what, size_t value) {
  return "#define " + prefix + "_" + what + " " + std::to_string(value) + "u\n";
}

std::string header_text(const EmbedArgs& args, const Target& target, const Sizes& sizes, size_t bytes) {
  const std::string prefix = upper(args.name);
  const std::string guard = prefix + "_MODEL_H";
  std::string out = "/* Written by inlay embed " + std::string(inlay_version()) + "; do not edit. */\n";
  out += "#ifndef " + guard + "\n#define " + guard + "\n\n#include \"inlay/inlay.h\"\n\n";
  out += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  out += "/* Bytes to give inlay_model_init and inlay_session_init (kernels of " + std::string(target.name) +
         ", one thread). Measured on a host with\n"
         " * " +
         std::to_string(sizeof(void*) * 8) +
         "-bit pointers: on a 32-bit target the tables and the persistent block are upper bounds. */\n";
  out += define(prefix, "MODEL_BYTES", bytes) + define(prefix, "TABLE_BYTES", sizes.tables);
  out += define(prefix, "PERSISTENT_BYTES", sizes.session.persistent.bytes);
  out += define(prefix, "PLANNED_BYTES", sizes.session.planned.bytes);
  out += define(prefix, "SCRATCH_BYTES", sizes.session.scratch.bytes);
  out += "\n/* The .inlay file, used in place. */\n";
  out += "extern const unsigned char " + args.name + "_model[" + prefix + "_MODEL_BYTES];\n";
  out += "/* Only the ops of this model: for inlay_config.ops. */\n";
  out += "extern const inlay_op_table " + args.name + "_ops;\n\n";
  return out + "#ifdef __cplusplus\n}\n#endif\n#endif /* " + guard + " */\n";
}

std::string array_text(const Bytes& bytes) {
  std::string out;
  out.reserve(bytes.size() * 4);
  size_t line = 0;
  for (const uint8_t byte : bytes) {
    const std::string number = std::to_string(byte) + ",";
    if (line + number.size() > 110) {
      out += '\n';
      line = 0;
    }
    out += number;
    line += number.size();
  }
  return out;
}

std::string source_text(const EmbedArgs& args, const Bytes& bytes, const std::vector<std::string>& ops) {
  std::string out = "/* Written by inlay embed " + std::string(inlay_version()) + "; do not edit.\n * Model SHA-256: ";
  out += sha256_hex(bytes.data(), bytes.size()) + " */\n#include \"" + args.name + "_model.h\"\n\n";
  for (const std::string& op : ops) out += "extern const inlay_op " + op + ";\n";
  out += "\nstatic const inlay_op* const op_list[] = {\n";
  for (const std::string& op : ops) out += "    &" + op + ",\n";
  if (ops.empty()) out += "    0,\n";  // C has no empty arrays
  out += "};\nconst inlay_op_table " + args.name + "_ops = {op_list, " + std::to_string(ops.size()) + "};\n\n";
  out += "const unsigned char " + args.name + "_model[" + upper(args.name) + "_MODEL_BYTES] __attribute__((aligned(64))) = {\n";
  return out + array_text(bytes) + "\n};\n";
}

/// Writes both files and says where.
std::string write_both(const EmbedArgs& args, const std::string& header, const std::string& source) {
  make_folder(args.out);
  const std::string stem = (std::filesystem::path(args.out) / (args.name + "_model")).string();
  write_file(stem + ".c", source.data(), source.size());
  write_file(stem + ".h", header.data(), header.size());
  return stem + ".c, " + stem + ".h";
}

/// The block of bytes beside the tables, for a linker script to place.
void write_binary(const EmbedArgs& args, const Image& image) {
  const std::string stem = (std::filesystem::path(args.out) / (args.name + "_data")).string();
  const std::vector<uint8_t> bytes = image_bytes(image);
  const std::string assembly = image_assembly(args.name);
  write_file(stem + ".bin", bytes.data(), bytes.size());
  write_file(stem + ".S", assembly.data(), assembly.size());
}

void embed_prepared(const EmbedArgs& args, const inlay_model* model, const Bytes& bytes) {
  const Target& target = find_target(args.target);
  const Image image = make_image(model, target, {args.names});
  const std::string origin = "Model SHA-256: " + sha256_hex(bytes.data(), bytes.size());
  const std::string files =
      write_both(args, image_header(image, args.name, target), image_source(image, args.name, origin, args.binary));
  if (args.binary) write_binary(args, image);
  const ImageSizes sizes = sizes_of(image, target);
  std::printf(
      "%s: for %s, flash %zu bytes (data %zu, tables %zu) and the code of the ops; RAM %zu bytes (session %zu, planned %zu, "
      "scratch %zu)\n",
      files.c_str(), target.name, sizes.flash(), sizes.data, sizes.tables, sizes.ram(), sizes.session, sizes.planned,
      sizes.scratch);
}

void embed_file(const EmbedArgs& args, const inlay_model* model, const Bytes& bytes) {
  const std::vector<std::string> ops = used_ops(model, args);
  if (const std::string missing = missing_user_op(model); !missing.empty()) {
    throw Error("the custom op '" + printable(missing.c_str()) + "' is needed to measure the session; give it with --ops LIB.so");
  }
  const Sizes sizes = measure(model, find_target(args.target), args.model, bytes);
  const std::string header = header_text(args, find_target(args.target), sizes, bytes.size());
  const std::string source = source_text(args, bytes, ops);

  const std::string files = write_both(args, header, source);
  std::printf("%s: %zu bytes of model, %zu ops; RAM: tables %zu, persistent %zu, planned %zu, scratch %zu bytes\n", files.c_str(),
              bytes.size(), ops.size(), sizes.tables, sizes.session.persistent.bytes, sizes.session.planned.bytes,
              sizes.session.scratch.bytes);
}

void embed(const EmbedArgs& args) {
  load_ops(args.ops);
  const ModelPtr model = open_model(args.model);
  const Bytes bytes = read_file(args.model);
  (args.mode == "file" ? embed_file : embed_prepared)(args, model.get(), bytes);
}

}  // namespace

void add_embed(Arguments& app) {
  const auto args = std::make_shared<EmbedArgs>();
  Arguments command = app.command("embed", "Write a model as C sources for a firmware", [args] { embed(*args); });
  command.option("MODEL", args->model, "the .inlay file").required();
  command.option("-o,--output", args->out, "the folder for NAME_model.c and NAME_model.h").required();
  command.option("--lang", args->lang, "the language of the sources").one_of({"c"});
  command.option("--target", args->target, "the processor whose kernels are wanted").one_of(target_names());
  command
      .option("--mode", args->mode,
              "prepared: everything a session would work out lies in flash; file: the .inlay file, verified and prepared on the board")
      .one_of({"prepared", "file"});
  command.flag("--binary", args->binary,
               "prepared: the bytes as NAME_data.bin, placed by NAME_data.S in section .rodata.NAME_data, instead of a C array");
  command.flag("--names", args->names, "prepared: keep the names of all tensors and ops, for errors and observers");
  command.option("--name", args->name, "prefix of the files and symbols").check(check_name, "IDENTIFIER");
  command.option("--ops", args->ops, kOpsHelp);
  command.option("--custom-op", args->custom_ops, "NAME=SYMBOL: the C object of a custom op of the model")
      .check(check_custom_op, "NAME=SYMBOL");
}

}  // namespace inlay::tools
