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
    // Derive from Monitor to show progress or to cancel; this one does neither.
    cuvae::Monitor monitor;

    std::filesystem::path path;
    if (argc > 1) {
      path = argv[1];
    } else {
      path = std::filesystem::temp_directory_path() / "cuvae-example-cards.csv";
      cuvae::SimulateOptions cards;
      cards.rows = 20'000;
      cuvae::simulate_cards(cards, path.string(), true, monitor);
    }

    const cuvae::Table table = cuvae::read_csv(path.string(), {}, monitor);
    std::cerr << table.rows << " rows, " << table.columns.size() << " columns\n";

    const cuvae::DeviceChoice device;  // decided by itself
    cuvae::Model model;
    model.schema = cuvae::make_schema(table);
    model.options = cuvae::recipe_options("best");
    model.options.epochs = 20;  // cuvae::default_epochs(table.rows) takes longer and ends closer
    cuvae::TokenizedTable coded = cuvae::tokenize(table, {}, monitor);
    cuvae::TokenModel& tokens = model.tokens.emplace();
    tokens.network =
        cuvae::train_tokens(coded.data, coded.tokenizer, model.options, device, monitor);
    tokens.tokenizer = std::move(coded.tokenizer);
    const cuvae::EpochLoss loss = cuvae::history_of(model).back();
    std::cerr << "last loss " << loss.reconstruction + loss.kl << " nats a row\n";

    cuvae::GenerateOptions rows;
    rows.rows = 10;
    cuvae::generate_csv(model, rows, "-", false, device, monitor);

    if (argc < 2) std::filesystem::remove(path);
    return 0;
  } catch (const cuvae::Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.kind());
  }
}
