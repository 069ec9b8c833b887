#include "errors.hpp"

#include <string>

namespace nb = nanobind;

namespace cuvae::python {
namespace {

// Borrowed for as long as the module lives, that is to the end of the process.
struct Classes {
  PyObject* runtime;
  PyObject* usage;
  PyObject* data;
  PyObject* device;
  PyObject* interrupted;
};

PyObject* class_of(const Classes& classes, ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return classes.usage;
    case ErrorKind::data:
      return classes.data;
    case ErrorKind::device:
      return classes.device;
    case ErrorKind::interrupted:
      return classes.interrupted;
    case ErrorKind::runtime:
      break;
  }
  return classes.runtime;
}

PyObject* add_class(nb::module_& module, const char* name, const char* text, nb::object bases) {
  const std::string full = std::string("cuvae.") + name;
  const nb::object made =
      nb::steal(PyErr_NewExceptionWithDoc(full.c_str(), text, bases.ptr(), nullptr));
  module.attr(name) = made;
  return made.ptr();
}

}  // namespace

void add_errors(nb::module_& module) {
  static Classes classes{};
  const auto with = [](nb::handle first, nb::handle second) -> nb::object {
    return nb::make_tuple(first, second);
  };
  classes.runtime =
      add_class(module, "Error", "What every error of cuvae is.", nb::borrow(PyExc_RuntimeError));
  const nb::handle base(classes.runtime);
  classes.usage = add_class(module, "UsageError", "Something was asked for that makes no sense.",
                            with(base, PyExc_ValueError));
  classes.data = add_class(module, "DataError", "The data or the model file is malformed.",
                           with(base, PyExc_ValueError));
  classes.device = add_class(module, "DeviceError", "The device is not there or can't do the job.",
                             nb::borrow(base));
  classes.interrupted =
      add_class(module, "Interrupted", "A callback answered False.", nb::borrow(base));
  nb::register_exception_translator(
      [](const std::exception_ptr& thrown, void* payload) {
        try {
          std::rethrow_exception(thrown);
        } catch (const Error& error) {
          PyErr_SetString(class_of(*static_cast<const Classes*>(payload), error.kind()),
                          error.what());
        }
      },
      &classes);
}

}  // namespace cuvae::python
