# Compiler settings that every target of the project shares.

find_package(Threads REQUIRED)

add_library(cuvae_compile INTERFACE)
# No contraction: a product and a sum are fused only where the source says fma, so that every
# compiler and both kinds of device produce the same bits.
target_compile_options(cuvae_compile INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off -Wall -Wextra -Wshadow -Wconversion
                            -Wdouble-promotion>)
if(CUVAE_WERROR)
  target_compile_options(cuvae_compile INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
target_link_libraries(cuvae_compile INTERFACE Threads::Threads)
