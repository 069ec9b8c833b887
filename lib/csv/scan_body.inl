// The scanners themselves, included once for each SIMD level inside a namespace that defines
//   struct Block: 64 bytes from any address; equal(c): bit i is set where byte i equals c;
//     usual(): where it is ASCII and not zero
//   prefix_xor(bits): bit i is the parity of bits 0 ... i
//   emit(bits, base, out): writes base + i for every bit i that is set, returns the new end; may
//   write up to 64 values
// No include guard: that is the point.

inline std::uint64_t first_bits(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

inline std::uint64_t count_bits(std::uint64_t bits) {
  return static_cast<std::uint64_t>(__builtin_popcountll(bits));
}

// All ones when the last bit is set.
inline std::uint64_t spread_last(std::uint64_t bits) {
  return 0 - (bits >> 63);
}

PieceCounts count(const char* text, std::size_t size) {
  PieceCounts counts;
  std::uint64_t inside = 0;
  std::uint64_t unusual = 0;
  for (std::size_t at = 0; at < size; at += 64) {
    const std::uint64_t valid = first_bits(size - at);
    const Block block(text + at);
    const std::uint64_t newlines = block.equal('\n') & valid;
    const std::uint64_t quotes = block.equal('"') & valid;
    unusual |= ~block.usual() & valid;
    const std::uint64_t found = count_bits(newlines);
    counts.newlines += found;
    if ((quotes | inside) == 0) {
      counts.newlines_outside += found;
    } else {
      const std::uint64_t quoted = prefix_xor(quotes) ^ inside;
      inside = spread_last(quoted);
      counts.quotes += count_bits(quotes);
      counts.newlines_outside += count_bits(newlines & ~quoted);
    }
  }
  counts.unusual = unusual != 0;
  return counts;
}

// Opening quotes must follow a separator (or a quote: the second of a doubled pair), closing ones
// must be followed by one.
inline bool quotes_misplaced(const char* text, char delimiter, std::uint64_t opening,
                             std::uint64_t closing) {
  const Block before(text - 1);
  const Block after(text + 1);
  const Block second(text + 2);
  const std::uint64_t may_open = before.equal(delimiter) | before.equal('\n') | before.equal('"');
  const std::uint64_t may_close = after.equal(delimiter) | after.equal('\n') | after.equal('"') |
                                  (after.equal('\r') & second.equal('\n'));
  return ((opening & ~may_open) | (closing & ~may_close)) != 0;
}

std::uint32_t* index(IndexState& state, const char* text, std::uint32_t from, std::uint32_t to,
                     std::uint32_t* out) {
  const char delimiter = state.delimiter;
  std::uint64_t inside = state.inside;
  for (std::uint32_t at = from; at < to; at += 64) {
    const std::uint64_t valid = first_bits(to - at);
    const Block block(text + at);
    std::uint64_t separators = (block.equal(delimiter) | block.equal('\n')) & valid;
    const std::uint64_t quotes = block.equal('"') & valid;
    if (__builtin_expect((quotes | inside) != 0, 0)) {
      const std::uint64_t quoted = prefix_xor(quotes) ^ inside;
      separators &= ~quoted;
      if (quotes != 0) {
        state.stray |= quotes_misplaced(text + at, delimiter, quotes & quoted, quotes & ~quoted);
      }
      inside =
          valid == ~std::uint64_t{0} ? spread_last(quoted) : 0 - ((quoted >> (to - at - 1)) & 1);
    }
    out = emit(separators, at, out);
  }
  state.inside = inside;
  return out;
}

// Eight lanes of 64 bits, each a chain of multiply and shift over every eighth word, then folded
// together with the size.
std::uint64_t hash(const char* text, std::size_t size) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t lanes[8];
  for (std::uint64_t i = 0; i < 8; ++i) lanes[i] = (i + 1) * odd;
  const auto absorb = [&lanes](const std::uint64_t* words) {
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t mixed = words[i] ^ lanes[i];
      lanes[i] = ((mixed >> 32) * 0x9FB21C65) + ((mixed & 0xFFFFFFFF) * 0xE2C3A5B9) +
                 (mixed << 29) + (words[i] >> 35);
    }
  };
  std::uint64_t words[8];
  std::size_t at = 0;
  for (; at + 64 <= size; at += 64) {
    std::memcpy(words, text + at, 64);
    absorb(words);
  }
  std::memset(words, 0, 64);
  std::memcpy(words, text + at, size - at);
  absorb(words);
  std::uint64_t folded = size * odd;
  for (const std::uint64_t lane : lanes) {
    folded = (folded ^ (lane ^ (lane >> 29))) * 0xBF58476D1CE4E5B9;
    folded ^= folded >> 31;
  }
  return folded;
}
