# SPDX-License-Identifier: Apache-2.0
# One way to make a target: standard, warnings, strict float, sanitizers. No global flags.

# Settings every target of the project shares.
function(inlay_configure target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF C_STANDARD 99 POSITION_INDEPENDENT_CODE ${INLAY_HOSTED}
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  # Contraction would change float results between compilers and cores.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -ffp-contract=off
                         $<$<BOOL:${INLAY_WERROR}>:-Werror>)
  if(INLAY_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${INLAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${INLAY_SANITIZE})
  endif()
  if(INLAY_FUZZERS)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(INLAY_STRIP_STRINGS)
    target_compile_definitions(${target} PRIVATE INLAY_STRIP_STRINGS)
  endif()
endfunction()

# Where INLAY_UNITY is set, the target's sources are compiled `batch` at a time: their headers and templates once, in half the CPU
# time. Unnamed namespaces of those files then are one: no two may define the same name.
function(inlay_unity target batch)
  if(INLAY_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${batch})
  endif()
endfunction()

# A header that nearly every source of the target includes is parsed once. Not with ccache, which would then find nothing again.
function(inlay_precompile target header)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    target_precompile_headers(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${header}>)
  endif()
endfunction()

# A library a firmware may link: no exceptions, no RTTI, no thread-safe statics.
function(inlay_runtime_library name)
  add_library(inlay_${name} STATIC ${ARGN})
  add_library(inlay::${name} ALIAS inlay_${name})
  set_target_properties(inlay_${name} PROPERTIES EXPORT_NAME ${name})
  inlay_configure(inlay_${name})
  target_compile_options(inlay_${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>
                         -fno-math-errno -ffunction-sections -fdata-sections)
  target_include_directories(inlay_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/runtime/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/runtime)
  set_property(GLOBAL APPEND PROPERTY INLAY_INSTALL_TARGETS inlay_${name})
endfunction()

# A static library of the host tools: the STL, exceptions allowed.
function(inlay_tool_library name)
  add_library(inlay_${name} STATIC ${ARGN})
  add_library(inlay::${name} ALIAS inlay_${name})
  inlay_configure(inlay_${name})
  inlay_unity(inlay_${name} 9)
  target_include_directories(inlay_${name} PUBLIC ${PROJECT_SOURCE_DIR} PRIVATE ${PROJECT_SOURCE_DIR}/runtime)
endfunction()

# backends/<name>: library inlay_backend_<name> from the sources given.
function(inlay_add_backend name)
  inlay_runtime_library(backend_${name} ${ARGN})
endfunction()
