#include "monitor.hpp"

#include <string>

namespace nb = nanobind;

namespace cuvae::python {

void PythonMonitor::keep(std::exception_ptr raised) {
  const std::lock_guard lock(mutex_);
  if (!raised_) raised_ = std::move(raised);
  cancelled_ = true;
}

template <class F>
void PythonMonitor::tell(F&& f) {
  if (listener_.is_none() || cancelled_) return;
  const nb::gil_scoped_acquire locked;
  try {
    f();
  } catch (const nb::python_error&) {
    keep(std::current_exception());
  }
}

void PythonMonitor::progress(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  tell([&] { listener_.attr("progress")(nb::str(stage.data(), stage.size()), done, total); });
}

void PythonMonitor::finished(std::string_view stage, std::string_view, std::uint64_t) {
  tell([&] { listener_.attr("finished")(nb::str(stage.data(), stage.size())); });
}

void PythonMonitor::epoch(const EpochReport& report) {
  tell([&] {
    const nb::object answer = listener_.attr("epoch")(report.epoch, report.epochs,
                                                      report.loss.reconstruction, report.loss.kl);
    if (answer.is(nb::handle(Py_False))) cancelled_ = true;
  });
}

void PythonMonitor::note(std::string_view text) {
  tell([&] { listener_.attr("note")(nb::str(text.data(), text.size())); });
}

void PythonMonitor::look_for_signals() {
  const nb::gil_scoped_acquire locked;
  if (PyErr_CheckSignals() == 0) return;
  try {
    nb::raise_python_error();
  } catch (const nb::python_error&) {
    keep(std::current_exception());
  }
}

void PythonMonitor::raise_again() {
  if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
}

}  // namespace cuvae::python
