# The CUDA half: built where a compiler is found. Sets CUVAE_HAS_CUDA.
#
# Without a GPU the tests can run on a replacement of the CUDA runtime that executes PTX: build with
# the shared runtime, PTX embedded, and give its folder as CUVAE_PTXRUN (scripts/gpu/check.sh).

set(CUVAE_HAS_CUDA OFF)
if(CUVAE_CUDA STREQUAL "OFF")
  return()
endif()

include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(CUVAE_CUDA STREQUAL "ON")
    message(FATAL_ERROR "CUVAE_CUDA=ON, but there is no CUDA compiler; put nvcc on the PATH, set "
                        "CMAKE_CUDA_COMPILER, or configure with CUVAE_CUDA=AUTO")
  endif()
  message(STATUS "No CUDA compiler: building without the CUDA back end")
  return()
endif()

# What was asked for, before the language is enabled, which sets the second by itself.
set(CUVAE_CUDA_ARCHITECTURES "" CACHE STRING
    "Compute capabilities to compile for, as in CMAKE_CUDA_ARCHITECTURES, which it overrides: a list, native, all or all-major; empty: all that cuvae is distributed with")
include(CudaArchitectures)
cuvae_asked_architectures(cuvae_asked)
set(CMAKE_CUDA_ARCHITECTURES 80)  # for CMake's own trial of the compiler
enable_language(CUDA)
if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.0)
  if(CUVAE_CUDA STREQUAL "ON")
    message(FATAL_ERROR "CUVAE_CUDA=ON, but ${CMAKE_CUDA_COMPILER} is of CUDA "
                        "${CMAKE_CUDA_COMPILER_VERSION}, which has no C++20; install CUDA 12 or newer")
  endif()
  message(STATUS "CUDA ${CMAKE_CUDA_COMPILER_VERSION} has no C++20: building without the CUDA back end")
  return()
endif()
cuvae_resolve_architectures("${cuvae_asked}")
set(CUVAE_PLANTED_DEFECT none CACHE STRING
    "Only for scripts/gpu/planted_defects.sh: the defect to build in, see kernels/testing/planted_defect.hpp")
find_package(CUDAToolkit REQUIRED)
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_EXTENSIONS OFF)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # some releases of CMake do not know nvcc's option
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
endif()

if(CMAKE_CUDA_RUNTIME_LIBRARY STREQUAL "Shared")
  set(CUVAE_CUDA_RUNTIME CUDA::cudart)
else()
  set(CUVAE_CUDA_RUNTIME CUDA::cudart_static)
endif()

# No contraction here either, and never fast math: see Compile.cmake.
target_compile_options(cuvae_compile INTERFACE
  $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false -lineinfo
    -Xcompiler=-ffp-contract=off,-Wall,-Wextra,-Wshadow,-Wconversion,-Wdouble-promotion>)
if(CUVAE_WERROR)
  target_compile_options(cuvae_compile INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings -Xcompiler=-Werror>)
endif()
set(CUVAE_HAS_CUDA ON)
