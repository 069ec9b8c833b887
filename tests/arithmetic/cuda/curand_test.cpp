// The random words are cuRAND's: the same seed and place give the same integers there.
#include <random>

#include "curand_words.cuh"
#include "runtime/cuda/device_copy.hpp"
#include "runtime/cuda/gpu_test.hpp"

namespace cuvae {
namespace {

class Curand : public GpuTest {};

struct Place {
  std::uint64_t seed;
  std::uint64_t row;
  std::uint32_t step;
  Purpose purpose;
  std::uint32_t block;
};

// Words that differ from the project's, over the places and the rows behind them.
std::uint64_t mismatches(const std::vector<Place>& places) {
  const cuda::Stream stream;
  std::vector<CurandPlace> asked;
  for (const Place& place : places) {
    asked.push_back(curand_place(place.seed, place.row, place.step, place.purpose, place.block));
  }
  const auto on_device = to_device(asked, stream);
  const auto room = room_for<CurandWords>(asked.size(), stream);
  CUVAE_CUDA(launch_curand(on_device.get(), static_cast<std::uint32_t>(asked.size()), room.get(),
                           stream.get()));
  const std::vector<CurandWords> made = to_host(room.get(), asked.size(), stream);
  std::uint64_t different = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    const auto wanted = [&](std::uint64_t row) {
      return philox4x32_10(noise_counter(row, place.step, place.purpose, place.block), place.seed);
    };
    const PhiloxCounter here = wanted(place.row);
    const PhiloxCounter next = wanted(place.row + 1);
    for (int w = 0; w < 4; ++w) {
      different += made[i].function.word[w] != here.word[w];
      different += made[i].init.word[w] != here.word[w];
      different += made[i].skipped.word[w] != here.word[w];
      different += made[i].next.word[w] != next.word[w];
    }
  }
  return different;
}

TEST_F(Curand, GivesTheSameWordsAtTheEdges) {
  std::vector<Place> places;
  for (const std::uint64_t seed : {0ULL, 1ULL, 20260101ULL, 1ULL << 32, ~0ULL}) {
    for (const std::uint64_t row :
         {0ULL, 1ULL, 499ULL, (1ULL << 32) - 1, 1ULL << 32, (1ULL << 40) - 1, 1ULL << 40,
          (1ULL << 40) + 12'345, (1ULL << 61) + 7, (1ULL << 62) - 2}) {
      for (const std::uint32_t step : {0U, 1U, 4U, 299U, ~0U}) {
        for (std::uint32_t purpose = 0; purpose <= 5; ++purpose) {
          for (const std::uint32_t block : {0U, 1U, 7U, 65535U}) {
            places.push_back({seed, row, step, static_cast<Purpose>(purpose), block});
          }
        }
      }
    }
  }
  EXPECT_EQ(places.size(), 6000U);
  EXPECT_EQ(mismatches(places), 0U);
}

TEST_F(Curand, GivesTheSameWordsAnywhere) {
  std::mt19937_64 random(1);
  std::vector<Place> places;
  for (int i = 0; i < 50'000; ++i) {
    places.push_back({random(), random() >> (2 + random() % 60),
                      static_cast<std::uint32_t>(random()), static_cast<Purpose>(random() % 6),
                      static_cast<std::uint32_t>(random() % 65536)});
  }
  EXPECT_EQ(mismatches(places), 0U);
}

// The comparison sees a word of another place.
TEST_F(Curand, OtherPlacesHaveOtherWords) {
  const cuda::Stream stream;
  const auto on_device = to_device(
      std::vector<CurandPlace>{curand_place(1, 2, 3, Purpose::training_noise, 0)}, stream);
  const auto room = room_for<CurandWords>(1, stream);
  CUVAE_CUDA(launch_curand(on_device.get(), 1, room.get(), stream.get()));
  const CurandWords made = to_host(room.get(), 1, stream)[0];
  for (const PhiloxCounter& other : {noise_counter(3, 3, Purpose::training_noise, 0),
                                     noise_counter(2, 4, Purpose::training_noise, 0),
                                     noise_counter(2, 3, Purpose::latent_noise, 0),
                                     noise_counter(2, 3, Purpose::training_noise, 1)}) {
    EXPECT_NE(philox4x32_10(other, 1).word[0], made.init.word[0]);
  }
}

}  // namespace
}  // namespace cuvae
