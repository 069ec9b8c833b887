#include "application.hpp"

int main(int argument_count, char** arguments) {
  cuvae::cli::Application application;
  return application.run(argument_count, arguments);
}
