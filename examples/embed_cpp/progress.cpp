// A progress bar, and cancelling: training stops once the loss is good enough.
//
//   progress [DATA.csv]
#include <atomic>

#include "example.hpp"

namespace {

class Bar final : public cuvae::Monitor {
 public:
  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    if (total != 0) std::cerr << '\r' << stage << ' ' << done * 100 / total << " % ";
  }
  void finished(std::string_view stage, std::string_view summary, std::uint64_t) override {
    std::cerr << '\r' << stage << ": " << summary << "\n";
  }
  void epoch(const cuvae::EpochReport& report) override { enough_ = report.epoch == 3; }
  bool cancelled() const override { return enough_; }

 private:
  std::atomic<bool> enough_{false};  // asked for by several threads
};

}  // namespace

int main() {
  return run_example([] {
    cuvae::SimulateOptions cards;
    cards.rows = 5'000;
    cuvae::simulate_cards(cards, "cards-of-progress.csv", cuvae::IfExists::replace);
    const cuvae::Table table = cuvae::read_csv("cards-of-progress.csv");
    Bar bar;
    try {
      cuvae::train_model(table, {}, {}, bar);
      std::cout << "trained to the end\n";
    } catch (const cuvae::Error& error) {
      if (error.kind() != cuvae::ErrorKind::interrupted) throw;
      std::cout << "cancelled after epoch 3\n";
    }
  });
}
