// A service in one process: threads ask for "k rows of this model" and never get the same ones.
//
//   row_service [DATA.csv]
#include <atomic>
#include <thread>
#include <vector>

#include "example.hpp"

namespace {

// Any number of threads may ask at a time: the model is only read, and each answer is a piece of
// its own of the endless table.
class RowService {
 public:
  RowService(cuvae::Model model, std::uint64_t seed) : model_(std::move(model)), seed_(seed) {}

  cuvae::Table rows(std::uint64_t count) {
    cuvae::GenerateOptions piece;
    piece.rows = count;
    piece.first_row = next_row_.fetch_add(count);
    piece.seed = seed_;
    cuvae::DeviceChoice one_thread;
    one_thread.kind = cuvae::DeviceChoice::Kind::cpu;
    one_thread.threads = 1;
    return cuvae::generate_columns(model_, piece, one_thread);
  }
  std::uint64_t handed_out() const { return next_row_; }

 private:
  const cuvae::Model model_;
  const std::uint64_t seed_;
  std::atomic<std::uint64_t> next_row_{0};
};

}  // namespace

int main(int count, char** arguments) {
  return run_example([&] {
    RowService service(model_of_argument(count, arguments), 7);
    std::atomic<std::uint64_t> received{0};
    std::vector<std::thread> clients;
    for (int client = 0; client < 4; ++client) {
      clients.emplace_back([&] {
        for (std::uint64_t k = 1; k <= 10; ++k) received += service.rows(10 * k).rows;
      });
    }
    for (std::thread& client : clients) client.join();
    std::cout << received << " rows for 4 clients, " << service.handed_out() << " handed out\n";
  });
}
