// SPDX-License-Identifier: Apache-2.0
// The `inlay` command. Exit codes: 0 done, 1 the work failed, 2 wrong usage. Results on stdout, talk on stderr.
#include <cstdio>
#include <exception>

#include "inlay/inlay.h"
#include "tools/inlay/commands.h"

namespace {

/// "inlay run" while a subcommand is at work: how an error begins.
std::string program_name(const inlay::tools::Arguments& app) { return app.called().empty() ? "inlay" : "inlay " + app.called(); }

int run_command(int argc, char** argv) {
  inlay::tools::Arguments app("Inlay: an inference runtime for small machines", "inlay");
  app.version(inlay_version());
  inlay::tools::add_convert(app);
  inlay::tools::add_run(app);
  inlay::tools::add_inspect(app);
  inlay::tools::add_embed(app);
  inlay::tools::add_split(app);
  inlay::tools::add_tune(app);
  try {
    if (const int done = app.parse(argc, argv); done >= 0) return done;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "%s: the memory of this machine does not suffice; give it a smaller file\n", program_name(app).c_str());
    return 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s: %s\n", program_name(app).c_str(), failure.what());
    return 1;
  }
  // A full disk behind stdout is a failure of the work, too.
  if (std::fflush(stdout) != 0) {
    std::fprintf(stderr, "%s: the results could not be written to stdout\n", program_name(app).c_str());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return run_command(argc, argv); }
