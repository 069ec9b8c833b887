// The seam between the library and the devices: one interface for every kind of network. Nothing
// outside lib/models/*/cpu and lib/models/*/cuda knows which device is running.
//
// A kind of network is described by a struct of types: Shape, Network (trained), Data (what it
// learns from), Output (from its numbers to the codes of columns) and Generator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <cuvae/device.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/settings.hpp>

#include "rows/conditions.hpp"

namespace cuvae {

// Rows of a network's endless table that will be asked for, roughly in order: a device may work
// ahead.
struct RowRequest {
  std::uint64_t seed = 0;
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  unsigned workers = 1;
  std::uint32_t block_rows = 1;            // at most, in one call
  const Conditions* conditions = nullptr;  // candidates() may leave out what can't meet them
};

template <class Kind>
class Backend {
 public:
  using Shape = typename Kind::Shape;
  using Network = typename Kind::Network;
  using Data = typename Kind::Data;
  using Output = typename Kind::Output;
  using Generator = typename Kind::Generator;

  virtual ~Backend() = default;
  virtual DeviceInfo info() const = 0;
  // Whether this device can train a network of that shape.
  virtual bool trains(const Shape& shape) const = 0;
  // Whether it can make rows of one that come out so.
  virtual bool generates(const Shape& shape, const Output& output) const = 0;
  // Settings and data are checked already.
  virtual Network train(const Data& data, const TrainSettings& settings, Monitor& monitor) = 0;
  // `output` outlives the generator.
  virtual std::unique_ptr<Generator> generator(const Network& network, const Output& output,
                                               const RowRequest& request) = 0;
};

// The back end that a choice comes to for a network; where the choice is automatic, one that can do
// it. Throws Error(device). Defined in lib/device for every kind of network.
template <class Kind>
std::unique_ptr<Backend<Kind>> backend_to_train(const DeviceChoice& choice,
                                                const typename Kind::Shape& shape);
template <class Kind>
std::unique_ptr<Backend<Kind>> backend_to_generate(const DeviceChoice& choice,
                                                   const typename Kind::Shape& shape,
                                                   const typename Kind::Output& output);

}  // namespace cuvae
