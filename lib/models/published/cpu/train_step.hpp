// One training step on a part of a segment: forward, backward, and the sums over its lanes.
#pragma once

#include "kernels/arithmetic/order.hpp"
#include "kernels/published/loss.hpp"
#include "models/published/cpu/kernels.hpp"
#include "runtime/simd/adam_vector.hpp"
#include "runtime/simd/dense.hpp"
#include "runtime/simd/few_vectors.hpp"
#include "runtime/simd/lanes.hpp"
#include "runtime/simd/noise_vector.hpp"
#include "runtime/simd/shuffled_rows.hpp"

namespace cuvae::CUVAE_TARGET {

inline constexpr std::uint32_t max_vectors = segment_rows / lanes;

// The first lane of a group. Groups are added as neighbours in a tree, which for whole vectors is
// the canonical tree. Single lanes must stand so that the first neighbours differ in bit 1.
constexpr std::uint32_t first_lane(std::uint32_t group) {
  if (lanes > 1) return group * lanes;
  return (group & ~3U) | ((group & 1U) << 1U) | ((group & 2U) >> 1U);
}

// Where a thread keeps the numbers of a segment between forward and backward pass.
struct Scratch {
  float* input[layer_count];  // of each layer, [vector][inputs][lane]
  float* delta[layer_count];  // gradient at each layer's outputs, [vector][outputs][lane]
  float* reconstruction;      // [vector][lane], losses of the rows
  float* kl_terms;            // [vector][lane]
  float* half_noise;          // [2][latent][lane], of the vectors at hand
  float* kl_mean;             // [2][latent][lane]
  float* kl_log_var;          // [2][latent][lane]
  float* z_gradient;          // [2][latent][lane]
  float* lane_sums;           // [parameters of the largest layer][lane], padded to 16 vectors
};

// Lays the scratch out from `memory` on and returns its size in floats.
inline std::size_t lay_out(const TrainingPlan& plan, float* memory, Scratch& scratch) {
  std::size_t used = 0;
  const auto take = [&](std::size_t count) {
    float* piece = memory == nullptr ? nullptr : memory + used;
    used += padded(count);
    return piece;
  };
  std::size_t largest = 16;
  for (std::size_t l = 0; l < layer_count; ++l) {
    const Layer& layer = plan.layers[l];
    scratch.input[l] = take(std::size_t{max_vectors} * layer.inputs * lanes);
    scratch.delta[l] = take(std::size_t{max_vectors} * layer.outputs * lanes);
    if (layer.size() > largest) largest = layer.size();
  }
  scratch.reconstruction = take(std::size_t{max_vectors} * lanes);
  scratch.kl_terms = take(std::size_t{max_vectors} * lanes);
  for (float** piece :
       {&scratch.half_noise, &scratch.kl_mean, &scratch.kl_log_var, &scratch.z_gradient}) {
    *piece = take(std::size_t{2} * plan.latent * lanes);
  }
  scratch.lane_sums = take((padded(largest) + 16) * lanes);
  return used;
}

// One or two neighbouring vectors of rows on their way through the network.
template <int vectors>
class VectorPass {
 public:
  // `at` is the place of the first vector in the scratch, `offsets` those of the vectors' first
  // rows in the segment.
  VectorPass(const TrainingPlan& plan, const ModelCopy& model, const SegmentPart& part,
             const Scratch& scratch, std::uint32_t at, const std::uint32_t* offsets)
      : plan_(plan), model_(model), part_(part), scratch_(scratch), at_(at), offsets_(offsets) {}

  [[gnu::noinline]] void run() {
    gather();
    forward<Epilogue::bias_relu>(0, input(1));
    forward<Epilogue::bias_relu>(1, input(2));
    forward<Epilogue::bias_relu>(2, input(3));
    forward<Epilogue::bias>(3, delta(3));
    draw_latents();
    forward<Epilogue::bias>(4, input(5));
    forward<Epilogue::bias_relu>(5, input(6));
    forward<Epilogue::bias_relu>(6, input(7));
    forward<Epilogue::bias>(7, delta(7));
    take_loss();
    backward<Epilogue::gate>(7, delta(6));
    backward<Epilogue::gate>(6, delta(5));
    backward<Epilogue::plain>(5, delta(4));
    backward<Epilogue::plain>(4, scratch_.z_gradient);
    through_latents();
    backward<Epilogue::gate>(3, delta(2));
    backward<Epilogue::gate>(2, delta(1));
    backward<Epilogue::gate>(1, delta(0));
  }

 private:
  const TrainingPlan& plan_;
  const ModelCopy& model_;
  const SegmentPart& part_;
  const Scratch& scratch_;
  std::uint32_t at_;
  const std::uint32_t* offsets_;

  float* input(std::size_t l) const {
    return scratch_.input[l] + std::size_t{at_} * plan_.layers[l].inputs * lanes;
  }
  float* delta(std::size_t l) const {
    return scratch_.delta[l] + std::size_t{at_} * plan_.layers[l].outputs * lanes;
  }
  // `value` in the lanes whose rows count, 0 in the others.
  Float only_rows(int v, Float value) const {
    const std::uint32_t offset = offsets_[v];
    const std::uint32_t count = part_.rows > offset ? part_.rows - offset : 0;
    if (count >= lanes) return value;
    return Ops::select(
        Ops::greater(Ops::set(static_cast<float>(count)), Ops::to_float(Ops::iota(0))), value,
        Ops::set(0.0F));
  }

  template <Epilogue epilogue>
  void forward(std::size_t l, float* out) const {
    const Layer& layer = plan_.layers[l];
    const float* weights = model_.parameters + layer.offset;
    product<epilogue, vectors>(
        {weights, weights + layer.weights(), layer.inputs, layer.outputs, input(l), out, nullptr});
  }

  // To the gradient at layer l's inputs, which is that at the outputs of the layer before.
  template <Epilogue epilogue>
  void backward(std::size_t l, float* out) const {
    const Layer& layer = plan_.layers[l];
    product<epilogue, vectors>({model_.transposed + layer.offset, nullptr, layer.outputs,
                                layer.inputs, delta(l), out, input(l)});
  }

  void gather() const {
    float* out = input(0);
    for (int v = 0; v < vectors; ++v, out += std::size_t{plan_.columns} * lanes) {
      const float* rows[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        rows[i] = plan_.data + std::size_t{part_.row_numbers[offsets_[v] + i]} * plan_.stride;
        if (part_.next_row_numbers != nullptr) {
          const float* next =
              plan_.data + std::size_t{part_.next_row_numbers[offsets_[v] + i]} * plan_.stride;
          for (std::uint32_t c = 0; c < plan_.stride; c += 16) __builtin_prefetch(next + c, 0, 2);
        }
      }
      for (std::uint32_t c = 0; c < plan_.columns; c += lanes) {
        transpose_block(rows, out + std::size_t{c} * lanes, plan_.columns - c);
        for (const float*& row : rows) row += lanes;
      }
    }
  }

  void draw_latents() const {
    const std::uint32_t latent = plan_.latent;
    const Float kl_scale = Ops::set(part_.scale.kl);
    for (int v = 0; v < vectors; ++v) {
      const float* mean = delta(3) + std::size_t{2} * latent * lanes * static_cast<std::size_t>(v);
      const float* log_var = mean + std::size_t{latent} * lanes;
      float* z = input(4) + std::size_t{latent} * lanes * static_cast<std::size_t>(v);
      const Float row_scale = only_rows(v, kl_scale);
      const auto rows = Ops::load_bits(part_.row_numbers + offsets_[v]);
      Float kl = Ops::set(0.0F);
      for (std::uint32_t block = 0; 4 * block < latent; ++block) {
        Float epsilon[4];
        normals(rows, Ops::set_bits(0), part_.epoch, Purpose::training_noise, block, plan_.keys,
                epsilon);
        for (std::uint32_t k = 4 * block; k < latent && k < 4 * block + 4; ++k) {
          const Latent<Ops> drawn =
              reparameterize<Ops>(Ops::load(mean + k * lanes), Ops::load(log_var + k * lanes),
                                  epsilon[k % 4], row_scale);
          const std::size_t place = (static_cast<std::size_t>(v) * latent + k) * lanes;
          Ops::store(drawn.z, z + k * lanes);
          Ops::store(drawn.half_noise, scratch_.half_noise + place);
          Ops::store(drawn.kl_mean, scratch_.kl_mean + place);
          Ops::store(drawn.kl_log_var, scratch_.kl_log_var + place);
          kl = Ops::add(kl, drawn.kl_term);
        }
      }
      Ops::store(only_rows(v, kl), scratch_.kl_terms + (at_ + static_cast<std::size_t>(v)) * lanes);
    }
  }

  void take_loss() const {
    for (int v = 0; v < vectors; ++v) {
      const Float scale = only_rows(v, Ops::set(part_.scale.reconstruction));
      float* logits = delta(7) + std::size_t{plan_.columns} * lanes * static_cast<std::size_t>(v);
      const float* targets =
          input(0) + std::size_t{plan_.columns} * lanes * static_cast<std::size_t>(v);
      RowLoss<Ops> row;
      if (plan_.loss == Loss::bce_kl) {
        for (std::uint32_t first = 0; first < plan_.columns; first += columns_per_logarithm) {
          std::uint32_t last = first + columns_per_logarithm;
          if (last > plan_.columns) last = plan_.columns;
          for (std::uint32_t j = first; j < last; ++j) {
            Ops::store(cross_entropy<Ops>(Ops::load(logits + j * lanes),
                                          Ops::load(targets + j * lanes), scale, row),
                       logits + j * lanes);
          }
          row.fold();
        }
      } else {
        for (std::uint32_t j = 0; j < plan_.columns; ++j) {
          Ops::store(squared_error<Ops>(Ops::load(logits + j * lanes),
                                        Ops::load(targets + j * lanes), scale, row),
                     logits + j * lanes);
        }
      }
      Ops::store(only_rows(v, row.sum),
                 scratch_.reconstruction + (at_ + static_cast<std::size_t>(v)) * lanes);
    }
  }

  void through_latents() const {
    const std::uint32_t latent = plan_.latent;
    for (std::size_t v = 0; v < vectors; ++v) {
      float* mean_gradient = delta(3) + 2 * latent * lanes * v;
      for (std::uint32_t k = 0; k < latent; ++k) {
        const std::size_t place = (v * latent + k) * lanes;
        const Float z_gradient = Ops::load(scratch_.z_gradient + place);
        Ops::store(Ops::add(z_gradient, Ops::load(scratch_.kl_mean + place)),
                   mean_gradient + k * lanes);
        Ops::store(Ops::fma(z_gradient, Ops::load(scratch_.half_noise + place),
                            Ops::load(scratch_.kl_log_var + place)),
                   mean_gradient + (latent + k) * lanes);
      }
    }
  }
};

// Sums of one lane group, whose vectors are group, group + step, ... of those in the scratch.
inline void add_group(const TrainingPlan& plan, const Scratch& scratch, std::uint32_t group,
                      std::uint32_t step, std::uint32_t vectors, float* sums) {
  for (std::size_t l = 0; l < layer_count; ++l) {
    const Layer& layer = plan.layers[l];
    const float* in = scratch.input[l] + std::size_t{group} * layer.inputs * lanes;
    const float* delta = scratch.delta[l] + std::size_t{group} * layer.outputs * lanes;
    const OuterProduct products = {in,      delta, layer.inputs,     layer.outputs,
                                   vectors, step,  scratch.lane_sums};
    if (vectors <= few_vectors && has_squares(products)) {
      add_squares(products, sums + layer.offset);
      continue;
    }
    outer_product(products);
    // A full block may run over this layer's end; the next layer or the losses overwrite that.
    for (std::size_t p = 0; p < layer.size(); p += 16) {
      add_lanes(scratch.lane_sums + p * lanes, sums + layer.offset + p);
    }
  }
  Float reconstruction = Ops::set(0.0F);
  Float kl_terms = Ops::set(0.0F);
  for (std::uint32_t v = 0; v < vectors; ++v) {
    const std::size_t place = (std::size_t{group} + std::size_t{v} * step) * lanes;
    reconstruction = Ops::add(reconstruction, Ops::load(scratch.reconstruction + place));
    kl_terms = Ops::add(kl_terms, Ops::load(scratch.kl_terms + place));
  }
  float totals[16];
  Ops::store(reconstruction, scratch.lane_sums);
  Ops::store(kl_terms, scratch.lane_sums + lanes);
  add_lanes(scratch.lane_sums, totals);
  sums[plan.parameters] = totals[0];
  sums[plan.parameters + 1] = totals[1];
}

inline void gradient(const TrainingPlan& plan, const ModelCopy& model, const SegmentPart& part,
                     float* memory, float* sums) {
  Scratch scratch;
  lay_out(plan, memory, scratch);
  // Vectors of the part, in row order: group first_group of the first 32 rows, the next group ...
  std::uint32_t offsets[max_vectors];
  std::uint32_t count = 0;
  const std::uint32_t rows_of_32 = (part.rows + lane_count - 1) / lane_count;
  for (std::uint32_t j = 0; j < rows_of_32; ++j) {
    for (std::uint32_t g = 0; g < part.groups; ++g) {
      offsets[count++] = j * lane_count + first_lane(part.first_group + g);
    }
  }
  std::uint32_t v = 0;
  for (; v + 2 <= count; v += 2) {
    VectorPass<2>(plan, model, part, scratch, v, offsets + v).run();
  }
  if (v < count) VectorPass<1>(plan, model, part, scratch, v, offsets + v).run();
  for (std::uint32_t g = 0; g < part.groups; ++g) {
    add_group(plan, scratch, g, part.groups, rows_of_32, sums + g * plan.sums_stride);
  }
}

// Adds the sums of all groups, then updates.
inline void update(const TrainingPlan& plan, const float* sums, std::size_t groups, float step_size,
                   ModelCopy& model, float* total) {
  const AdamVector adam(step_size);
  for (std::size_t p = 0; p < plan.sums_stride; p += lanes) {
    const Float sum = sum_of_units(sums + p, groups, plan.sums_stride);
    Ops::store(sum, total + p);
    if (p < plan.parameters) {
      adam.update(sum, model.parameters + p, model.moment_1 + p, model.moment_2 + p);
    }
  }
  for (std::size_t l = 1; l < layer_count; ++l) {
    const Layer& layer = plan.layers[l];
    transpose(model.parameters + layer.offset, layer.inputs, layer.outputs,
              model.transposed + layer.offset);
  }
}

}  // namespace cuvae::CUVAE_TARGET
