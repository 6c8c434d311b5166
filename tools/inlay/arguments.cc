// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/arguments.h"

#include <CLI/CLI.hpp>

namespace inlay::tools {

Argument& Argument::required() {
  option_->required();
  return *this;
}

Argument& Argument::range(int lowest, int highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Argument& Argument::range(double lowest, double highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Argument& Argument::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Argument& Argument::check(std::string (*wrong)(const std::string&), const std::string& kind) {
  option_->check(CLI::Validator([wrong](std::string& value) { return wrong(value); }, kind));
  return *this;
}

Argument& Argument::needs(const std::string& name) {
  option_->needs(name);
  return *this;
}

Argument& Argument::excludes(const Argument& other) {
  option_->excludes(other.option_);
  return *this;
}

Arguments::Arguments(const std::string& description, const std::string& program)
    : app_(std::make_shared<CLI::App>(description, program)) {}

void Arguments::version(const std::string& text) { app_->set_version_flag("--version", text); }

Arguments Arguments::command(const std::string& name, const std::string& description, const std::function<void()>& work) {
  app_->require_subcommand(1);
  CLI::App* command = app_->add_subcommand(name, description);
  command->callback(work);
  return Arguments(std::shared_ptr<CLI::App>(app_, command));
}

Argument Arguments::option(const std::string& names, std::string& value, const std::string& help) {
  return Argument(app_->add_option(names, value, help));
}

Argument Arguments::option(const std::string& names, int32_t& value, const std::string& help) {
  return Argument(app_->add_option(names, value, help));
}

Argument Arguments::option(const std::string& names, double& value, const std::string& help) {
  return Argument(app_->add_option(names, value, help));
}

Argument Arguments::option(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return Argument(app_->add_option(names, values, help)->allow_extra_args(false));
}

Argument Arguments::list(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return Argument(app_->add_option(names, values, help));
}

Argument Arguments::flag(const std::string& names, bool& value, const std::string& help) {
  return Argument(app_->add_flag(names, value, help));
}

int Arguments::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app_->exit(asked);
  } catch (const CLI::ParseError& wrong) {
    app_->exit(wrong);
    return 2;
  }
  return -1;
}

std::string Arguments::called() const {
  const auto commands = app_->get_subcommands();
  return commands.empty() ? "" : commands.front()->get_name();
}

}  // namespace inlay::tools
