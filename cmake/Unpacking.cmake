# What reads packed tables: zlib for gzip, libzstd for zstd. Without one of them the library says what is
# missing where a file needs it. Sets CUVAE_HAS_ZLIB and CUVAE_HAS_ZSTD.

find_package(ZLIB)
set(CUVAE_HAS_ZLIB ${ZLIB_FOUND})
if(NOT ZLIB_FOUND)
  message(STATUS "No zlib: tables packed with gzip are refused (Debian: zlib1g-dev)")
endif()

find_path(ZSTD_INCLUDE_DIR zstd.h)
find_library(ZSTD_LIBRARY zstd)
mark_as_advanced(ZSTD_INCLUDE_DIR ZSTD_LIBRARY)
set(CUVAE_HAS_ZSTD OFF)
if(ZSTD_INCLUDE_DIR AND ZSTD_LIBRARY)
  set(CUVAE_HAS_ZSTD ON)
else()
  message(STATUS "No libzstd: tables packed with zstd are refused (Debian: libzstd-dev)")
endif()
