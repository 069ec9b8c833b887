// cuvae inside a C++ program: reads a table, trains on it and prints ten new rows.
//
//   embed_cpp [DATA.csv]
//
// Without a file it makes one first.
#include <filesystem>
#include <iostream>
#include <string>

#include <cuvae/cuvae.hpp>

int main(int argc, char** argv) {
  try {
    std::filesystem::path path;
    if (argc > 1) {
      path = argv[1];
    } else {
      path = std::filesystem::temp_directory_path() / "cuvae-example-cards.csv";
      cuvae::SimulateOptions cards;
      cards.rows = 20'000;
      cuvae::simulate_cards(cards, path.string(), cuvae::IfExists::replace);
    }

    const cuvae::Table table = cuvae::read_csv(path.string());
    std::cerr << table.rows << " rows, " << table.columns.size() << " columns\n";

    cuvae::TrainOptions options;
    options.epochs = 20;  // what the table would get by itself takes longer and ends closer
    const cuvae::Model model = cuvae::train_model(table, options);
    const cuvae::EpochLoss loss = cuvae::history_of(model).back();
    std::cerr << "last loss " << loss.reconstruction + loss.kl << " nats a row\n";

    cuvae::GenerateOptions rows;
    rows.rows = 10;
    cuvae::generate_csv(model, rows, "-");

    if (argc < 2) std::filesystem::remove(path);
    return 0;
  } catch (const cuvae::Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.kind());
  }
}
