# The kernels that train, for lib/cuda/CMakeLists.txt.
target_sources(cuvae PRIVATE
  ${PROJECT_SOURCE_DIR}/kernels/digit_device.cpp
  ${PROJECT_SOURCE_DIR}/kernels/digit_numbers.cpp
  ${PROJECT_SOURCE_DIR}/kernels/digit_train.cpp
  ${PROJECT_SOURCE_DIR}/kernels/digit_train.cu
  ${PROJECT_SOURCE_DIR}/kernels/train.cpp
  ${PROJECT_SOURCE_DIR}/kernels/train_fused_any.cu
  ${PROJECT_SOURCE_DIR}/kernels/train_fused_published.cu
  ${PROJECT_SOURCE_DIR}/kernels/train_graph.cu)
