# Which CUDA compiler there is, or can be had. Sourced by lib.sh, not run.
# shellcheck shell=sh

# The oldest CUDA that has C++20, and the newest whose wheels were tried; as the driver writes them.
oldest_cuda=12000
newest_wheels=13000
wheels_folder=build/cuda-compiler

# ask_driver: sets `driver` to the newest CUDA that NVIDIA's driver runs (13000; 0: no driver) and
# `cards` to the compute capabilities of the GPUs that it shows ("75 89").
ask_driver() {
  mkdir -p build
  "${CXX:-c++}" -std=c++17 -O1 -o build/ask-driver scripts/gpu/driver.cpp -ldl ||
    stop "the C++ compiler does not work: see above"
  answer=$(build/ask-driver) || answer=0
  driver=${answer%% *}
  cards=
  [ "$driver" = "$answer" ] || cards=${answer#* }
}

# cuda_name 13000: prints 13.0.
cuda_name() {
  echo "$(($1 / 1000)).$(($1 % 1000 / 10))"
}

# compiler_version NVCC: prints the CUDA that it belongs to, as 13000; 0 where it does not run.
compiler_version() {
  release=$("$1" --version 2>/dev/null | sed -n 's/.*release \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  if [ -n "$release" ]; then
    echo $((${release% *} * 1000 + ${release#* } * 10))
  else
    echo 0
  fi
}

# Where compilers usually are, the first choice first, one a line.
usual_compilers() {
  command -v nvcc || true
  for folder in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda; do
    [ -z "$folder" ] || echo "$folder/bin/nvcc"
  done
  # shellcheck disable=SC2012 # no name of these has a character that ls would change
  ls -d /usr/local/cuda-*/bin/nvcc 2>/dev/null | sort -Vr
  for folder in /opt/cuda /usr/lib/cuda /usr/lib/nvidia-cuda-toolkit; do
    echo "$folder/bin/nvcc"
  done
  echo "$PWD/$wheels_folder/nvidia/cu13/bin/nvcc"
}

# find_compiler: sets `compiler` to one that is new enough for the sources and old enough for the
# driver, or to nothing.
find_compiler() {
  compiler=
  if [ -n "${CUDACXX:-}" ]; then
    compiler=$(command -v "$CUDACXX") || stop "CUDACXX names no program: $CUDACXX"
    return 0
  fi
  usual_compilers >build/compilers
  while read -r candidate; do
    [ -x "$candidate" ] || continue
    version=$(compiler_version "$candidate")
    if [ "$version" -lt "$oldest_cuda" ]; then
      say "Not used: $candidate is of CUDA $(cuda_name "$version"); CUDA $(cuda_name "$oldest_cuda") or newer is needed"
    elif [ "$driver" -ne 0 ] && [ $((version / 1000)) -gt $((driver / 1000)) ]; then
      say "Not used: $candidate is of CUDA $(cuda_name "$version"), and the driver runs $(cuda_name "$driver")"
    else
      compiler=$candidate
      return 0
    fi
  done <build/compilers
}

# fetch_wheels: CUDA 13's compiler from PyPI into the build folder; sets `compiler`. No newer than
# the driver, so that it understands the PTX too.
fetch_wheels() {
  newest=$driver
  [ "$newest" -le "$newest_wheels" ] || newest=$newest_wheels
  below=13.$((newest % 1000 / 10 + 1))
  python3 -m pip --version >/dev/null 2>&1 || install_packages "python3 python3-pip"
  say "Fetching a CUDA compiler from PyPI into $wheels_folder (about 130 MB)"
  rm -rf "$wheels_folder"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$wheels_folder" \
    "nvidia-cuda-nvcc>=13,<$below" "nvidia-nvvm>=13,<$below" "nvidia-cuda-crt>=13,<$below" \
    "nvidia-cuda-runtime>=13,<$below" "nvidia-cuda-cccl>=13,<$below" >&2 || return 1
  # CMake looks for libraries where an installed toolkit has them.
  toolkit=$PWD/$wheels_folder/nvidia/cu13
  ln -sfn lib "$toolkit/lib64"
  ln -sfn libcudart.so.13 "$toolkit/lib/libcudart.so"
  compiler=$toolkit/bin/nvcc
  [ "$(compiler_version "$compiler")" -ne 0 ] || return 1
}

# fetch_package: CUDA 12's compiler by apt, for drivers that run no 13; sets `compiler`. PyPI has none:
# its wheels named -cu12 hold an assembler without the compiler.
fetch_package() {
  compiler=
  command -v apt-cache >/dev/null 2>&1 || return 1
  offered=$(apt-cache policy nvidia-cuda-toolkit 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*\)\..*/\1/p')
  [ "${offered:-0}" -eq 12 ] || return 1
  install_packages nvidia-cuda-toolkit
  find_compiler
  [ -n "$compiler" ]
}

# fetch_compiler: one that the driver can run; sets `compiler`, or `reason` to why there is none.
fetch_compiler() {
  if [ "$driver" -ge 13000 ]; then
    fetch_wheels && return 0
    reason="PyPI's CUDA compiler can't be fetched or does not run (see above); install CUDA 13"
  elif [ "$driver" -ge "$oldest_cuda" ]; then
    fetch_package && return 0
    reason="the driver runs CUDA $(cuda_name "$driver"), for which the registries have no compiler; \
update the driver to 580 or newer, or install the CUDA toolkit $(cuda_name "$driver")"
  else
    reason="the driver runs CUDA $(cuda_name "$driver"); update it to 580 or newer"
  fi
  return 1
}

# choose_cuda: decides whether the CUDA half is built, and by which compiler, and says so. Sets
# `cuda_options` for cmake. CUVAE_CUDA=OFF in the environment leaves it out, CUVAE_CUDA=ON stops
# where it can't be built.
choose_cuda() {
  cuda_options="-D CUVAE_CUDA=OFF"
  if [ "${CUVAE_CUDA:-AUTO}" = OFF ]; then
    say "Building for the CPU alone, as CUVAE_CUDA=OFF asks"
    return 0
  fi
  ask_driver
  find_compiler
  reason="there is no NVIDIA driver and no CUDA compiler"
  if [ -z "$compiler" ]; then
    if [ "$driver" -eq 0 ] || ! fetch_compiler; then
      [ "${CUVAE_CUDA:-AUTO}" != ON ] || stop "CUVAE_CUDA=ON, but $reason"
      say "Building for the CPU alone: $reason"
      return 0
    fi
  fi
  say "Building for CPU and GPU by $compiler (CUDA $(cuda_name "$(compiler_version "$compiler")"))"
  if [ "$driver" -eq 0 ]; then
    say "There is no NVIDIA driver here: the program will take the CPU, and a GPU where there is one"
  else
    say "The driver runs CUDA $(cuda_name "$driver")${cards:+; compute capability of the cards, times ten: $cards}"
  fi
  CUDACXX=$compiler
  export CUDACXX
  cuda_options="-D CUVAE_CUDA=ON -D CMAKE_CUDA_COMPILER=$compiler"
  # Machine code for the cards that are here alone, which builds several times faster.
  architectures=${CUVAE_CUDA_ARCHITECTURES:-${CUDAARCHS:-}}
  [ -n "$architectures" ] || architectures=$(echo "$cards" | tr ' ' ';')
  cuda_options="$cuda_options -D CUVAE_CUDA_ARCHITECTURES=$architectures"
}
