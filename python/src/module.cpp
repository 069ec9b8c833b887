// What python/cuvae is made of: tables, models, evaluations.
#include <algorithm>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <string>

#include <cuvae/cuvae.hpp>

#include "errors.hpp"
#include "models/file/model_bytes.hpp"
#include "monitor.hpp"
#include "streams.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace cuvae::python {
namespace {

using Names = std::vector<std::string>;
using SharedTable = std::shared_ptr<Table>;
using SharedModel = std::shared_ptr<const Model>;

// Python objects hold models as they are shared with streams.
struct PythonModel {
  SharedModel model;
};

DeviceChoice device_choice(const std::string& device, unsigned threads) {
  DeviceChoice choice = parse_device(device);
  choice.threads = threads;
  return choice;
}

ReadOptions like(ReadOptions options, const SharedTable& table) {
  options.like = table.get();
  return options;
}

SharedTable table_from_csv(const std::string& path, const ReadOptions& given,
                           const SharedTable& model, nb::object listener) {
  PythonMonitor monitor(std::move(listener));
  const ReadOptions options = like(given, model);
  return run(monitor, [&] { return std::make_shared<Table>(read_csv(path, options, monitor)); });
}

SharedTable table_from_stream(const nb::capsule& capsule, const ReadOptions& given,
                              const SharedTable& model, nb::object listener) {
  PythonMonitor monitor(std::move(listener));
  const ReadOptions options = like(given, model);
  ArrowArrayStream* const stream = stream_in(capsule);
  return run(monitor,
             [&] { return std::make_shared<Table>(table_from_arrow(stream, options, monitor)); });
}

std::vector<std::pair<std::string, std::string>> columns_of(const Table& table) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const Column& column : table.columns) {
    columns.emplace_back(column.name, std::string(to_string(column.kind)));
  }
  return columns;
}

void leave_out(Table& table, const Names& names) {
  std::erase_if(table.columns, [&](const Column& column) {
    return std::find(names.begin(), names.end(), column.name) != names.end();
  });
}

nb::capsule stream_of_table(const Table& table) {
  OwnedStream stream = empty_stream();
  {
    const nb::gil_scoped_release unlocked;
    table_to_arrow(table, stream.get());
  }
  return capsule_of(std::move(stream));
}

std::pair<SharedTable, SharedTable> split(const Table& table, double share, std::uint64_t seed) {
  const nb::gil_scoped_release unlocked;
  SplitTable parts = split_table(table, share, seed);
  return {std::make_shared<Table>(std::move(parts.kept)),
          std::make_shared<Table>(std::move(parts.aside))};
}

PythonModel train(const Table& table, const TrainOptions& options, const std::string& device,
                  unsigned threads, nb::object listener) {
  const DeviceChoice choice = device_choice(device, threads);
  PythonMonitor monitor(std::move(listener));
  return {run(monitor, [&] {
    return std::make_shared<const Model>(train_model(table, options, choice, monitor));
  })};
}

PythonModel load(const std::string& path) {
  const nb::gil_scoped_release unlocked;
  return {std::make_shared<const Model>(load_model(path))};
}

PythonModel from_bytes(const nb::bytes& bytes) {
  return {std::make_shared<const Model>(
      model_from_bytes({bytes.c_str(), bytes.size()}, "the pickled model"))};
}

GenerateOptions generate_options(std::uint64_t rows, std::uint64_t first_row, std::uint64_t seed,
                                 const Names& where, const std::string& balance) {
  GenerateOptions options;
  options.rows = rows;
  options.first_row = first_row;
  options.seed = seed;
  options.where = where;
  options.balance = balance;
  return options;
}

void write_csv(const PythonModel& self, const std::string& path, std::uint64_t rows,
               std::uint64_t first_row, std::uint64_t seed, const Names& where,
               const std::string& balance, bool header, bool escape_formulas, bool overwrite,
               const std::string& device, unsigned threads, nb::object listener) {
  GenerateOptions options = generate_options(rows, first_row, seed, where, balance);
  options.header = header;
  options.escape_formulas = escape_formulas;
  const DeviceChoice choice = device_choice(device, threads);
  PythonMonitor monitor(std::move(listener));
  run(monitor, [&] {
    return generate_csv(*self.model, options, path, overwrite ? IfExists::replace : IfExists::fail,
                        choice, monitor);
  });
}

nb::capsule stream_rows(const PythonModel& self, std::uint64_t rows, std::uint64_t first_row,
                        std::uint64_t seed, const Names& where, const std::string& balance,
                        bool exact_decimals, std::uint32_t batch_rows, const std::string& device,
                        unsigned threads) {
  const GenerateOptions options = generate_options(rows, first_row, seed, where, balance);
  const DeviceChoice choice = device_choice(device, threads);
  ArrowOptions how;
  if (exact_decimals) how.decimals = ArrowOptions::Decimals::exact;
  how.batch_rows = batch_rows;
  OwnedStream stream = empty_stream();
  {
    const nb::gil_scoped_release unlocked;
    generate_arrow(self.model, options, stream.get(), choice, how);
  }
  return capsule_of(std::move(stream));
}

SharedTable table_of_rows(const PythonModel& self, std::uint64_t rows, std::uint64_t first_row,
                          std::uint64_t seed, const Names& where, const std::string& balance,
                          const std::string& device, unsigned threads, nb::object listener) {
  const GenerateOptions options = generate_options(rows, first_row, seed, where, balance);
  const DeviceChoice choice = device_choice(device, threads);
  PythonMonitor monitor(std::move(listener));
  return run(monitor, [&] {
    return std::make_shared<Table>(generate_columns(*self.model, options, choice, monitor));
  });
}

Evaluation compare(const Table& real, const Table& synthetic, const SharedTable& holdout,
                   const std::string& target, const std::string& device, unsigned threads,
                   nb::object listener) {
  const DeviceChoice choice = device_choice(device, threads);
  const EvaluateOptions options{holdout.get(), target};
  PythonMonitor monitor(std::move(listener));
  return run(monitor, [&] { return evaluate(real, synthetic, options, choice, monitor); });
}

std::string html_of(const Evaluation& evaluation, const std::string& title,
                    const PythonModel* model,
                    const std::vector<std::pair<std::string, std::string>>& provenance) {
  ReportInfo info;
  info.title = title;
  if (model != nullptr) info.history = history_of(*model->model);
  info.provenance = provenance;
  return html_report(evaluation, info);
}

std::vector<std::pair<std::string, std::string>> devices() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const DeviceInfo& device : list_devices()) {
    all.emplace_back(device.id,
                     device.name + ", " + (device.usable ? device.details : device.problem));
  }
  return all;
}

void add_table(nb::module_& module) {
  nb::class_<ReadOptions>(module, "ReadOptions")
      .def(nb::init<>())
      .def_rw("threads", &ReadOptions::threads)
      .def_rw("label", &ReadOptions::label)
      .def_rw("continuous", &ReadOptions::continuous)
      .def_rw("drop", &ReadOptions::drop)
      .def_rw("key", &ReadOptions::key)
      .def_rw("keep", &ReadOptions::keep)
      .def_rw("datetime", &ReadOptions::datetime)
      .def_rw("missing", &ReadOptions::missing)
      .def_rw("find_missing", &ReadOptions::find_missing)
      .def_rw("rules", &ReadOptions::rules)
      .def_rw("find_rules", &ReadOptions::find_rules)
      .def_rw("rename", &ReadOptions::rename)
      .def_rw("delimiter", &ReadOptions::delimiter)
      .def_rw("comment", &ReadOptions::comment)
      .def_rw("skip", &ReadOptions::skip)
      .def_rw("skip_last", &ReadOptions::skip_last)
      .def("set_encoding", [](ReadOptions& self, const std::string& name) {
        self.encoding = encoding_named(name);
      });
  nb::class_<Table>(module, "Table")
      .def_static("from_csv", table_from_csv, "path"_a, "options"_a, "like"_a.none(),
                  "listener"_a.none())
      .def_static("from_stream", table_from_stream, "capsule"_a, "options"_a, "like"_a.none(),
                  "listener"_a.none())
      .def_ro("rows", &Table::rows)
      .def_ro("fingerprint", &Table::fingerprint)
      .def_ro("empty_columns", &Table::empty_columns)
      .def_ro("notes", &Table::notes)
      .def_prop_ro("columns", columns_of)
      .def("split", split, "share"_a, "seed"_a)
      .def("leave_out", leave_out, "names"_a)
      .def("stream", stream_of_table);
}

void add_model(nb::module_& module) {
  nb::class_<TrainOptions>(module, "TrainOptions")
      .def(nb::init<>())
      .def("set_recipe",
           [](TrainOptions& self, const std::string& name) { self.recipe = recipe_named(name); })
      .def("set_loss",
           [](TrainOptions& self, const std::string& name) { self.loss = loss_named(name); })
      .def_rw("epochs", &TrainOptions::epochs, nb::arg().none())
      .def_rw("batch_size", &TrainOptions::batch_size, nb::arg().none())
      .def_rw("latent", &TrainOptions::latent, nb::arg().none())
      .def_rw("learning_rate", &TrainOptions::learning_rate, nb::arg().none())
      .def_rw("kl_weight", &TrainOptions::kl_weight, nb::arg().none())
      .def_rw("hidden", &TrainOptions::hidden, nb::arg().none())
      .def_rw("width", &TrainOptions::width, nb::arg().none())
      .def_rw("validation", &TrainOptions::validation, nb::arg().none())
      .def_rw("together", &TrainOptions::together)
      .def_rw("condition", &TrainOptions::condition)
      .def_rw("protect_rare", &TrainOptions::protect_rare, nb::arg().none())
      .def_rw("person", &TrainOptions::person)
      .def_rw("protect_star", &TrainOptions::protect_star)
      .def_rw("seed", &TrainOptions::seed);
  nb::class_<PythonModel>(module, "Model")
      .def_static("load", load, "path"_a)
      .def_static("from_bytes", from_bytes, "bytes"_a)
      .def(
          "save",
          [](const PythonModel& self, const std::string& path, bool overwrite) {
            const nb::gil_scoped_release unlocked;
            save_model(*self.model, path, overwrite ? IfExists::replace : IfExists::fail);
          },
          "path"_a, "overwrite"_a)
      .def("to_bytes",
           [](const PythonModel& self) {
             const std::string bytes = model_bytes(*self.model);
             return nb::bytes(bytes.data(), bytes.size());
           })
      .def_prop_ro("version", [](const PythonModel& self) { return self.model->version; })
      .def_prop_ro("device", [](const PythonModel& self) { return self.model->device; })
      .def_prop_ro("parameters",
                   [](const PythonModel& self) { return parameter_count(*self.model); })
      .def_prop_ro("schema", [](const PythonModel& self) { return to_json(self.model->schema); })
      .def_prop_ro("settings",
                   [](const PythonModel& self) { return to_json(self.model->settings); })
      .def_prop_ro("history",
                   [](const PythonModel& self) { return to_json(history_of(*self.model)); })
      .def("write_csv", write_csv, "path"_a, "rows"_a, "first_row"_a, "seed"_a, "where"_a,
           "balance"_a, "header"_a, "escape_formulas"_a, "overwrite"_a, "device"_a, "threads"_a,
           "listener"_a.none())
      .def("stream", stream_rows, "rows"_a, "first_row"_a, "seed"_a, "where"_a, "balance"_a,
           "exact_decimals"_a, "batch_rows"_a, "device"_a, "threads"_a)
      .def("table", table_of_rows, "rows"_a, "first_row"_a, "seed"_a, "where"_a, "balance"_a,
           "device"_a, "threads"_a, "listener"_a.none());
}

}  // namespace

NB_MODULE(_core, module) {
  add_errors(module);
  add_table(module);
  add_model(module);
  nb::class_<Evaluation>(module, "Evaluation")
      .def("json", [](const Evaluation& self) { return to_json(self); })
      .def("html", html_of, "title"_a, "model"_a.none(), "provenance"_a);
  module.def("train", train, "table"_a, "options"_a, "device"_a, "threads"_a, "listener"_a.none());
  module.def("evaluate", compare, "real"_a, "synthetic"_a, "holdout"_a.none(), "target"_a,
             "device"_a, "threads"_a, "listener"_a.none());
  module.def("devices", devices);
  module.def("version", library_version);
}

}  // namespace cuvae::python
