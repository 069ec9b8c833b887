# Only for scripts/gpu/planted_defects.sh. No other source is compiled again for a defect.
set(published ${PROJECT_SOURCE_DIR}/kernels/published)
set(defects_of_generate removed_barrier off_by_one_store unset_shared_value)
set(sources)
if(CUVAE_PLANTED_DEFECT IN_LIST defects_of_generate)
  set(sources ${published}/generate.cu)
elseif(CUVAE_PLANTED_DEFECT STREQUAL "missing_stream_wait")
  set(sources ${PROJECT_SOURCE_DIR}/lib/models/cuda/row_generator.cpp)
elseif(CUVAE_PLANTED_DEFECT STREQUAL "dropped_sync")
  set(sources ${published}/train_fused_any.cu ${published}/train_fused_published.cu)
elseif(NOT CUVAE_PLANTED_DEFECT STREQUAL "none")
  message(FATAL_ERROR "There is no planted defect ${CUVAE_PLANTED_DEFECT}; "
                      "kernels/testing/planted_defect.hpp has the list")
endif()
if(sources)
  set_property(SOURCE ${sources} TARGET_DIRECTORY cuvae
    APPEND PROPERTY COMPILE_DEFINITIONS CUVAE_PLANTED_DEFECT=${CUVAE_PLANTED_DEFECT})
endif()
