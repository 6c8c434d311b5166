// SPDX-License-Identifier: Apache-2.0
// The command line of our programs. The library that reads it, CLI11, is headers only and takes half a minute to compile with
// sanitizers: arguments.cc alone includes it.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace inlay::tools {

/// One option of Arguments, to say more about it; valid as long as those are.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument& required();
  /// The value is from `lowest` to `highest`, both included.
  Argument& range(int lowest, int highest);
  Argument& range(double lowest, double highest);
  Argument& one_of(const std::vector<std::string>& words);
  /// `wrong` returns a sentence on what is wrong with a value, or nothing; `kind` stands for the value in --help.
  Argument& check(std::string (*wrong)(const std::string&), const std::string& kind);
  /// Wrong without the option of this name.
  Argument& needs(const std::string& name);
  /// Wrong together with `other`.
  Argument& excludes(const Argument& other);

 private:
  CLI::Option* option_;
};

/// The options of a program or of one of its commands. Values are written where the references lead, which must live until
/// parse() has returned; what is not given keeps its value. Names are as "-o,--output", or "MODEL" for one without dashes.
class Arguments {
 public:
  Arguments(const std::string& description, const std::string& program);
  /// Adds --version, which prints the text.
  void version(const std::string& text);
  /// Adds a command, one of which must be given. parse() calls `work` after reading its options.
  Arguments command(const std::string& name, const std::string& description, const std::function<void()>& work);

  Argument option(const std::string& names, std::string& value, const std::string& help);
  Argument option(const std::string& names, int32_t& value, const std::string& help);
  Argument option(const std::string& names, double& value, const std::string& help);
  /// An option that may come more than once, one value each.
  Argument option(const std::string& names, std::vector<std::string>& values, const std::string& help);
  /// An option with one or more values.
  Argument list(const std::string& names, std::vector<std::string>& values, const std::string& help);
  /// An option without a value.
  Argument flag(const std::string& names, bool& value, const std::string& help);

  /// Reads the command line. Returns -1 when the program is to go on, otherwise its exit code: 0 after --help and --version,
  /// 2 after wrong usage, which was explained on stderr. Lets through what the work of a command throws.
  int parse(int argc, char** argv);
  /// The name of the command that was given; empty before.
  std::string called() const;

 private:
  explicit Arguments(std::shared_ptr<CLI::App> app) : app_(std::move(app)) {}
  std::shared_ptr<CLI::App> app_;  ///< of a command: shares the ownership of the whole
};

}  // namespace inlay::tools
