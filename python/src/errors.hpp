// The library's errors as Python's exceptions.
#pragma once

#include <nanobind/nanobind.h>

#include <cuvae/error.hpp>

namespace cuvae::python {

// Adds the classes to the module and has them raised. Every one is a cuvae.Error; errors of data
// and usage are ValueErrors besides, as Python programs expect.
void add_errors(nanobind::module_& module);

}  // namespace cuvae::python
