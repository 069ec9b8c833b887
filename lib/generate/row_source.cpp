#include "generate/row_source.hpp"

#include "generate/composed_rows.hpp"
#include "models/file/check_model.hpp"
#include "models/published/backend.hpp"
#include "models/tokens/backend.hpp"

namespace cuvae {
namespace {

template <class Kind>
class RowSourceOf final : public RowSource {
 public:
  RowSourceOf(const typename Kind::Network& network, typename Kind::Output output,
              const DeviceChoice& device)
      : network_(network),
        output_(std::move(output)),
        backend_(backend_to_generate<Kind>(device, network.shape, output_)) {}

  const Schema& schema() const override { return output_.schema(); }
  const std::vector<ColumnCoding>& codings() const override { return output_.codings(); }
  std::unique_ptr<RowGenerator> generator(const RowRequest& request) const override {
    return backend_->generator(network_, output_, request);
  }

 private:
  const typename Kind::Network& network_;
  typename Kind::Output output_;
  std::unique_ptr<Backend<Kind>> backend_;
};

std::unique_ptr<RowSource> source_of(const PublishedNetwork& network, const Schema& schema,
                                     const DeviceChoice& device) {
  return std::make_unique<RowSourceOf<PublishedKind>>(network, ScaledOutput(schema), device);
}

std::unique_ptr<RowSource> source_of(const TokenModel& model, const Schema& schema,
                                     const DeviceChoice& device) {
  return std::make_unique<RowSourceOf<TokenKind>>(model.network,
                                                  TokenOutput(schema, model.tokenizer), device);
}

}  // namespace

std::unique_ptr<RowSource> make_row_source(const Model& model, std::uint64_t seed,
                                           const DeviceChoice& device) {
  check_model(model);
  std::unique_ptr<RowSource> learned = std::visit(
      [&](const auto& network) { return source_of(network, network_schema(model), device); },
      model.network);
  if (!model.layout) return learned;
  return compose_rows(model.schema, *model.layout, std::move(learned), seed);
}

}  // namespace cuvae
