# SPDX-License-Identifier: Apache-2.0
# inlay_board(<name> <core> <origin and bytes of flash> <origin and bytes of RAM>): a board that BOARD may name.
# inlay_firmware(<target> MODE prepared|file SOURCES <file>... MODEL <m>.tflite INPUT <file> [option of inlay run]...): an ELF of the
# sources, board/, and the model and its input as C.
# inlay_app(<target> <app>.c prepared|file MODEL ...): the same with main.c and what belongs to it.
set(BOARD "" CACHE STRING "The board to build for; empty: the first one with the core of the toolchain")
set(STACK_BYTES 4096 CACHE STRING "Bytes of stack; a firmware says how many it used")
set(firmware_folder ${CMAKE_CURRENT_LIST_DIR})

macro(inlay_board name core flash_origin flash_bytes ram_origin ram_bytes)
  if(NOT BOARD AND "${core}" STREQUAL "${CMAKE_SYSTEM_PROCESSOR}")
    set(BOARD ${name})
  endif()
  if("${BOARD}" STREQUAL "${name}")
    if(NOT "${core}" STREQUAL "${CMAKE_SYSTEM_PROCESSOR}")
      message(FATAL_ERROR "${name} has a ${core}; the toolchain makes code for ${CMAKE_SYSTEM_PROCESSOR}")
    endif()
    set(FLASH_ORIGIN ${flash_origin})
    set(FLASH_BYTES ${flash_bytes})
    set(RAM_ORIGIN ${ram_origin})
    set(RAM_BYTES ${ram_bytes})
    configure_file(${firmware_folder}/board/memory.ld.in ${CMAKE_CURRENT_BINARY_DIR}/memory.ld @ONLY)
  endif()
endmacro()

# The model and its input as C in a folder: what a firmware needs of the host's inlay command. `mode`: prepared or file.
function(inlay_embed folder mode model input)
  get_filename_component(name ${model} NAME)
  add_custom_command(OUTPUT ${folder}/app_model.c ${folder}/app_model.h
    COMMAND ${INLAY_HOST_TOOL} convert ${model} -o ${folder}/app.inlay
    COMMAND ${INLAY_HOST_TOOL} embed ${folder}/app.inlay --name app --mode ${mode} --target ${CMAKE_SYSTEM_PROCESSOR} -o ${folder}
    DEPENDS ${model} ${INLAY_HOST_TOOL} COMMENT "Embedding ${name}" VERBATIM)
  # The answer of the host, out_0.npy, is only for tests.
  add_custom_command(OUTPUT ${folder}/app_input.c
    COMMAND ${INLAY_HOST_TOOL} run ${folder}/app.inlay -i ${input} ${ARGN} -o ${folder} --save-inputs
    COMMAND ${CMAKE_COMMAND} -DIN=${folder}/in_0.npy -DOUT=${folder}/app_input.c -DNAME=app_input -P ${firmware_folder}/npy_to_c.cmake
    DEPENDS ${folder}/app_model.c ${input} ${firmware_folder}/npy_to_c.cmake COMMENT "The input of ${name}" VERBATIM)
endfunction()

function(inlay_firmware target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;MODE" "SOURCES;INPUT")
  set(data ${CMAKE_CURRENT_BINARY_DIR}/${target}_data)
  inlay_embed(${data} ${arg_MODE} ${arg_MODEL} ${arg_INPUT})
  set(own print.c board/startup.c board/board.c)
  list(TRANSFORM own PREPEND ${firmware_folder}/)
  add_executable(${target} ${arg_SOURCES} ${own} ${data}/app_model.c ${data}/app_input.c)
  set_target_properties(${target} PROPERTIES SUFFIX .elf C_STANDARD 99 C_EXTENSIONS OFF)
  target_compile_definitions(${target} PRIVATE BOARD_NAME="${BOARD}" $<$<BOOL:${INLAY_STRIP_STRINGS}>:INLAY_STRIP_STRINGS>)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic $<$<BOOL:${INLAY_WERROR}>:-Werror>)
  target_include_directories(${target} PRIVATE ${data} ${firmware_folder})
  target_link_libraries(${target} PRIVATE inlay::session $<$<STREQUAL:${arg_MODE},file>:inlay::backend_builtin>)
  target_link_options(${target} PRIVATE -T ${CMAKE_CURRENT_BINARY_DIR}/memory.ld -Wl,-Map=${target}.map)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/memory.ld)
endfunction()

function(inlay_app target app mode)
  set(own main.c app.c engine_${mode}.c)
  list(TRANSFORM own PREPEND ${firmware_folder}/)
  inlay_firmware(${target} MODE ${mode} SOURCES ${app} ${own} ${ARGN})
endfunction()
