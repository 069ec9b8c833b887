#include <nlohmann/json.hpp>

#include <cuvae/device.hpp>

#include "application.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr const char* footer = R"(Examples:
  cuvae devices
  cuvae devices --json)";

void run_devices(Session& session) {
  const DeviceInfo chosen = session.device();
  const std::vector<DeviceInfo> devices = list_devices();
  if (session.options().json) {
    auto list = nlohmann::ordered_json::array();
    for (const DeviceInfo& device : devices) {
      list.push_back({{"id", device.id},
                      {"name", device.name},
                      {"details", device.details},
                      {"usable", device.usable},
                      {"problem", device.problem}});
    }
    session.print_json({{"devices", list}, {"chosen", chosen.id}});
    return;
  }
  using Align = TextTable::Align;
  TextTable table({Align::left, Align::left, Align::left});
  for (const DeviceInfo& device : devices) {
    table.add(
        {device.id, device.name, device.usable ? device.details : "not usable: " + device.problem});
  }
  Console::result(table.text());
  session.console().note("--device " + session.options().device + " takes " + chosen.id);
}

}  // namespace

Verb add_devices(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("devices", "list the devices that cuvae can use");
  add_common_options(*verb, common, {});
  verb->footer(footer);
  return {verb, run_devices};
}

}  // namespace cuvae::cli
