// SPDX-License-Identifier: Apache-2.0
// inlay inspect --target: what a board will need, before anything is flashed. The numbers are those of inlay embed's tables.
#include <algorithm>
#include <cstdio>

#include "tools/embed/image.h"
#include "tools/inlay/inspect.h"

namespace inlay::tools {

void add_target(Json& out, const inlay_model* model, const std::string& name) {
  const Target& target = find_target(name);
  const Image image = make_image(model, target, {});
  const ImageSizes sizes = sizes_of(image, target);
  std::vector<std::string> evals;  // functions whose code the linker adds, each once
  for (const ImageGraph& graph : image.graphs) {
    for (const ImageNode& node : graph.nodes) evals.insert(evals.end(), {node.eval, node.twin});
  }
  std::sort(evals.begin(), evals.end());
  evals.erase(std::unique(evals.begin(), evals.end()), evals.end());
  evals.erase(std::remove(evals.begin(), evals.end(), ""), evals.end());
  out["target"] = {
      {"name", target.name},
      {"kernels", target.device},
      {"flash", {{"total", sizes.flash()}, {"data", sizes.data}, {"weights", image.weights_bytes}, {"tables", sizes.tables}}},
      {"ram", {{"total", sizes.ram()}, {"planned", sizes.planned}, {"session", sizes.session}, {"variables", image.variables_bytes},
               {"scratch", sizes.scratch}}},
      {"links", evals}};
}

void print_target(const Json& document) {
  const Json& target = document["target"];
  const auto bytes = [&](const char* memory, const char* part) { return target[memory][part].get<unsigned long long>(); };
  std::printf("\non %s, prepared by inlay embed --target %s (kernels: %s):\n", target["name"].get<std::string>().c_str(),
              target["name"].get<std::string>().c_str(), target["kernels"].get<std::string>().c_str());
  std::printf("  flash %10llu bytes\n", bytes("flash", "total"));
  std::printf("        %10llu weights, packed weights, and what ops have prepared; as stored in the file the weights are %llu\n",
              bytes("flash", "data"), bytes("flash", "weights"));
  std::printf("        %10llu tables of tensors and ops\n", bytes("flash", "tables"));
  std::printf("        and the code of the library and of %zu functions, which only the linker knows (bench/results/firmware.md)\n",
              target["links"].size());
  std::printf("  RAM   %10llu bytes, beside the stack\n", bytes("ram", "total"));
  std::printf("        %10llu planned: activations\n", bytes("ram", "planned"));
  std::printf("        %10llu session, of that %llu variables; everything else is prepared in flash\n", bytes("ram", "session"),
              bytes("ram", "variables"));
  std::printf("        %10llu scratch\n", bytes("ram", "scratch"));
}

}  // namespace inlay::tools
