// Compiled once per SIMD level, with CUVAE_TARGET naming it and the compiler flags to match.
#include "models/tokens/cpu/generate_rows.hpp"
#include "models/tokens/cpu/train_step.hpp"
#include "runtime/simd/shuffled_rows.hpp"

namespace cuvae::CUVAE_TARGET {

extern const TokenKernels token_table;

const TokenKernels token_table = {
    lanes,
    shuffled_rows,
    [](const TokenPlan& plan) {
      TokenScratch scratch;
      return lay_out(plan, nullptr, scratch);
    },
    [](const TokenPlan& plan, std::uint32_t word_count) {
      DrawScratch scratch;
      return lay_out(plan, 1 + plan.token_count + word_count, nullptr, scratch);
    },
    token_gradient,
    token_update,
    token_generate,
    token_generate_some,
};

}  // namespace cuvae::CUVAE_TARGET
