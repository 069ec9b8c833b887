# Which capabilities an answer to CUVAE_CUDA_ARCHITECTURES comes to, with a compiler that only says
# which it knows.
cmake_minimum_required(VERSION 3.22)
include(${SOURCE}/cmake/CudaArchitectures.cmake)

string(RANDOM LENGTH 12 name)
if(DEFINED ENV{TMPDIR})
  set(folder $ENV{TMPDIR}/${name})
else()
  set(folder /tmp/${name})
endif()

# compiler(CAPABILITY...): one that knows these.
function(compiler)
  list(TRANSFORM ARGN PREPEND "echo compute_" OUTPUT_VARIABLE lines)
  string(JOIN "\n" lines "#!/bin/sh" ${lines} "")
  file(WRITE ${folder}/nvcc "${lines}")
  file(CHMOD ${folder}/nvcc PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  set(CMAKE_CUDA_COMPILER ${folder}/nvcc PARENT_SCOPE)
endfunction()

# expect(MACHINE_CODE PTX): of what CUVAE_CUDA_ARCHITECTURES and CMake's own names ask for.
function(expect machine_code ptx)
  cuvae_asked_architectures(asked)
  cuvae_resolve_architectures("${asked}")
  if(NOT "${CUVAE_MACHINE_CODE}" STREQUAL "${machine_code}" OR NOT "${CUVAE_PTX}" STREQUAL "${ptx}")
    file(REMOVE_RECURSE ${folder})
    message(FATAL_ERROR "'${CUVAE_CUDA_ARCHITECTURES}', '${CMAKE_CUDA_ARCHITECTURES}' gave machine code "
                        "${CUVAE_MACHINE_CODE} and PTX ${CUVAE_PTX}, not ${machine_code} and ${ptx}")
  endif()
endfunction()

set(ENV{CUDAARCHS} "")
compiler(75 80 86 87 88 89 90 100 110 103 120 121)
expect("75;80;86;89;90;100;120" "100;120")
set(CUVAE_CUDA_ARCHITECTURES all-major)
expect("75;80;90;100;110;120" "120")
set(CUVAE_CUDA_ARCHITECTURES all)
expect("75;80;86;87;88;89;90;100;103;110;120;121" "121")
set(CUVAE_CUDA_ARCHITECTURES 90-virtual 80 75-real)
expect("75;80" "80;90")
set(CUVAE_CUDA_ARCHITECTURES 80-virtual 90-virtual)
expect("" "80;90")
set(CMAKE_CUDA_ARCHITECTURES 120)  # cuvae's own name decides
expect("" "80;90")
set(CUVAE_CUDA_ARCHITECTURES)
expect("120" "120")
set(CMAKE_CUDA_ARCHITECTURES 52 89)  # too old for cuvae, not its user's choice
expect("89" "89")
set(CMAKE_CUDA_ARCHITECTURES 52)
expect("75;80;86;89;90;100;120" "100;120")
set(CMAKE_CUDA_ARCHITECTURES all-major)
expect("75;80;90;100;110;120" "120")
set(CMAKE_CUDA_ARCHITECTURES)
set(ENV{CUDAARCHS} "86;90-real")
expect("86;90" "86")

set(ENV{CUDAARCHS} "")
compiler(50 60 70 75 80 86 89 90)  # CUDA 12.0
expect("75;80;86;89;90" "90")
set(CUVAE_CUDA_ARCHITECTURES all-major)
expect("75;80;90" "90")
file(REMOVE_RECURSE ${folder})
