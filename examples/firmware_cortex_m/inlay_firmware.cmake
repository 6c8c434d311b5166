# SPDX-License-Identifier: Apache-2.0
# inlay_board(<name> <core> <origin and bytes of flash> <origin and bytes of RAM>): a board that BOARD may name.
# inlay_firmware(<target> APP <head>.c MODEL <m>.tflite INPUT <file> [option of inlay run]...): an ELF that runs the model on a file.
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

# The model and its input as C in the folder <target>_data: what a firmware needs of the host's inlay command.
function(inlay_embed target folder model input)
  get_filename_component(name ${model} NAME)
  add_custom_command(OUTPUT ${folder}/app_model.c ${folder}/app_model.h
    COMMAND ${INLAY_HOST_TOOL} convert ${model} -o ${folder}/app.inlay
    COMMAND ${INLAY_HOST_TOOL} embed ${folder}/app.inlay --name app -o ${folder}
    DEPENDS ${model} ${INLAY_HOST_TOOL} COMMENT "Embedding ${name}" VERBATIM)
  # The answer of the host, out_0.npy, is only for tests.
  add_custom_command(OUTPUT ${folder}/app_input.c
    COMMAND ${INLAY_HOST_TOOL} run ${folder}/app.inlay -i ${input} ${ARGN} -o ${folder} --save-inputs
    COMMAND ${CMAKE_COMMAND} -DIN=${folder}/in_0.npy -DOUT=${folder}/app_input.c -DNAME=app_input -P ${firmware_folder}/npy_to_c.cmake
    DEPENDS ${folder}/app_model.c ${input} ${firmware_folder}/npy_to_c.cmake COMMENT "The input of ${name}" VERBATIM)
endfunction()

function(inlay_link target)
  target_compile_definitions(${target} PRIVATE BOARD_NAME="${BOARD}")
  target_include_directories(${target} PRIVATE ${firmware_folder})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  set_target_properties(${target} PROPERTIES SUFFIX .elf C_STANDARD 99 C_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE inlay::session inlay::backend_builtin)
  target_link_options(${target} PRIVATE -T ${CMAKE_CURRENT_BINARY_DIR}/memory.ld -Wl,-Map=${target}.map)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/memory.ld)
endfunction()

function(inlay_firmware target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "APP;MODEL" "INPUT")
  set(data ${CMAKE_CURRENT_BINARY_DIR}/${target}_data)
  inlay_embed(${target} ${data} ${arg_MODEL} ${arg_INPUT})
  add_executable(${target} main.c app.c print.c engine_file.c board/startup.c board/board.c ${arg_APP}
    ${data}/app_model.c ${data}/app_input.c)
  target_include_directories(${target} PRIVATE ${data})
  inlay_link(${target})
endfunction()
