# SPDX-License-Identifier: Apache-2.0
# cmake -DHOST=PROGRAM -DOWN=COMMAND -DFOLDER=... -P prepared.cmake: what prepare leaves on the target of a cross build, run in its
# emulator, is to the bit what the host's own inlay_conformance prints. Without the host's program the test is skipped.
if(NOT EXISTS ${HOST})
  message("skipped: no ${HOST}; ./inlay.sh build release makes it")
  return()
endif()
foreach(side HOST OWN)
  execute_process(COMMAND ${${side}} --mode prepared OUTPUT_FILE ${FOLDER}/prepared_${side}.txt RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${${side}} --mode prepared: ${failed}; ${FOLDER}/prepared_${side}.txt")
  endif()
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${FOLDER}/prepared_HOST.txt ${FOLDER}/prepared_OWN.txt RESULT_VARIABLE differ)
if(differ)
  message(FATAL_ERROR "Ops leave other bytes here than on the host: diff ${FOLDER}/prepared_HOST.txt ${FOLDER}/prepared_OWN.txt")
endif()
