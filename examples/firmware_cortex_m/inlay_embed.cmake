# SPDX-License-Identifier: Apache-2.0
# Models as C, by the inlay command of this computer (INLAY_HOST_TOOL) for the processor INLAY_TARGET.
#   inlay_embed(<folder> <name> prepared|file <m>.tflite)                  <folder>/<name>_model.c and .h
#   inlay_embed_input(<folder> <name> <file> [option of inlay run]...)     <folder>/<name>_input.c, what the model gets of the file
set(inlay_embed_folder ${CMAKE_CURRENT_LIST_DIR})
set(INLAY_HOST_TOOL ${CMAKE_CURRENT_LIST_DIR}/../../build/release/bin/inlay CACHE FILEPATH "The inlay command, of this computer")
if(NOT INLAY_TARGET)
  set(INLAY_TARGET ${CMAKE_SYSTEM_PROCESSOR})
endif()

function(inlay_embed folder name mode model)
  get_filename_component(file ${model} NAME)
  add_custom_command(OUTPUT ${folder}/${name}_model.c ${folder}/${name}_model.h ${folder}/${name}.inlay
    COMMAND ${INLAY_HOST_TOOL} convert ${model} -o ${folder}/${name}.inlay
    COMMAND ${INLAY_HOST_TOOL} embed ${folder}/${name}.inlay --name ${name} --mode ${mode} --target ${INLAY_TARGET} -o ${folder}
    DEPENDS ${model} ${INLAY_HOST_TOOL} COMMENT "Embedding ${file}" VERBATIM)
endfunction()

# The answer of this computer, <folder>/out_0.npy, is there to compare with.
function(inlay_embed_input folder name input)
  add_custom_command(OUTPUT ${folder}/${name}_input.c
    COMMAND ${INLAY_HOST_TOOL} run ${folder}/${name}.inlay -i ${input} ${ARGN} -o ${folder} --save-inputs
    COMMAND ${CMAKE_COMMAND} -DIN=${folder}/in_0.npy -DOUT=${folder}/${name}_input.c -DNAME=${name}_input
            -P ${inlay_embed_folder}/npy_to_c.cmake
    DEPENDS ${folder}/${name}.inlay ${input} ${inlay_embed_folder}/npy_to_c.cmake COMMENT "The input of ${name}" VERBATIM)
endfunction()
