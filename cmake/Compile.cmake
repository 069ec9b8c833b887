# Compiler settings that every target of the project shares.

find_package(Threads REQUIRED)

add_library(cuvae_compile INTERFACE)
# No contraction: a product and a sum are fused only where the source says fma, so that every
# compiler and both kinds of device produce the same bits.
target_compile_options(cuvae_compile INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off -Wall -Wextra -Wshadow -Wconversion
                            -Wdouble-promotion>)
# g++'s -Wconversion leaves signs alone, clang's does not.
target_compile_options(cuvae_compile INTERFACE
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:Clang,AppleClang>>:-Wno-sign-conversion>)
if(CUVAE_WERROR)
  target_compile_options(cuvae_compile INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
endif()
target_link_libraries(cuvae_compile INTERFACE Threads::Threads)

# What is released reads files of strangers: a mistake there should end the program, not be of use to
# anybody. Sanitizers bring their own checks, and don't go together with these.
option(CUVAE_HARDEN "Protect stack, heap and calls of Release builds" ON)
if(CUVAE_HARDEN)
  include(CheckPIESupported)
  check_pie_supported()
  set(hardened "$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>")
  target_compile_options(cuvae_compile INTERFACE
    $<${hardened}:-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(cuvae_compile INTERFACE $<${hardened}:-fcf-protection=full>)
  endif()
  target_link_options(cuvae_compile INTERFACE
    $<$<AND:$<CONFIG:Release>,$<LINK_LANGUAGE:CXX>>:-Wl,-z,relro,-z,now,-z,noexecstack>)
endif()
