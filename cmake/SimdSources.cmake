# SIMD code is compiled once per level: the same source, other instructions.

find_path(CUVAE_HIGHWAY_INCLUDE hwy/highway.h REQUIRED)

set(CUVAE_SIMD_LEVELS scalar)
set(CUVAE_SIMD_FLAGS_scalar -DHWY_COMPILE_ONLY_SCALAR)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND CUVAE_SIMD_LEVELS avx2 avx512)
  set(CUVAE_SIMD_FLAGS_avx2 -mavx2 -mfma -mbmi -mbmi2 -mf16c -mpclmul -maes)
  set(CUVAE_SIMD_FLAGS_avx512 ${CUVAE_SIMD_FLAGS_avx2} -mavx512f -mavx512vl -mavx512dq -mavx512bw
    -mavx512cd -mprefer-vector-width=512)
endif()

# cuvae_add_simd_sources(TARGET NAME sources...): the sources become part of TARGET, once per level;
# CUVAE_TARGET names the level.
function(cuvae_add_simd_sources target name)
  foreach(level IN LISTS CUVAE_SIMD_LEVELS)
    set(objects ${target}_${name}_${level})
    add_library(${objects} OBJECT ${ARGN})
    target_compile_definitions(${objects} PRIVATE CUVAE_TARGET=${level})
    target_compile_options(${objects} PRIVATE ${CUVAE_SIMD_FLAGS_${level}})
    target_include_directories(${objects} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib
      ${PROJECT_SOURCE_DIR}/lib/include)
    target_include_directories(${objects} SYSTEM PRIVATE ${CUVAE_HIGHWAY_INCLUDE})
    target_link_libraries(${objects} PRIVATE cuvae_compile)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
  endforeach()
endfunction()
