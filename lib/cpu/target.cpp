// Compiled once per SIMD level, with CUVAE_TARGET naming it and the compiler flags to match.
#include "cpu/digit_generate.hpp"
#include "cpu/digit_step.hpp"
#include "cpu/generate_rows.hpp"
#include "cpu/train_step.hpp"

namespace cuvae::CUVAE_TARGET {

extern const CpuKernels kernels;

const CpuKernels kernels = {
    lanes,
    [](const TrainingPlan& plan) {
      Scratch scratch;
      return lay_out(plan, nullptr, scratch);
    },
    [](const GenerationPlan& plan) {
      DecoderScratch scratch;
      return lay_out(plan, nullptr, scratch);
    },
    shuffled_rows,
    gradient,
    update,
    generate_codes,
    generate_floats,
    {
        [](const DigitPlan& plan) {
          DigitScratch scratch;
          return lay_out(plan, nullptr, scratch);
        },
        [](const DigitPlan& plan, std::uint32_t word_count) {
          DrawScratch scratch;
          return lay_out(plan, 1 + plan.digit_count + word_count, nullptr, scratch);
        },
        digit_gradient,
        digit_update,
        digit_generate,
        digit_generate_some,
    },
};

}  // namespace cuvae::CUVAE_TARGET
