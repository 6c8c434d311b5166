# SPDX-License-Identifier: Apache-2.0
# cmake -DLOG=FILE [-DFINDS=REGEX] -P run.cmake -- PROGRAM ARGS...: runs a program whose OpenCL is Oclgrind, in an environment
# of cmake/InlayOpenCL.cmake. Fails with the log's first lines when Oclgrind has found anything, as it never says so by a status;
# with FINDS, when it has not found that.
#
# Not by the command `oclgrind`: it preloads its OpenCL over libOpenCL.so's names, which a program that asks libOpenCL.so.1 for
# them by dlsym() never meets, and AddressSanitizer wants to be loaded first. Its options are these variables.
set(ENV{OCLGRIND_DATA_RACES} 1)
set(ENV{OCLGRIND_UNINITIALIZED} 1)
set(ENV{OCLGRIND_CHECK_API} 1)
set(ENV{OCLGRIND_MAX_ERRORS} 100)
# Its optimizer falls over remarks of programs it has built before, and makes instructions its interpreter does not know.
set(ENV{OCLGRIND_BUILD_OPTIONS} -cl-opt-disable)
set(ENV{OCLGRIND_LOG} ${LOG})

set(command "")
set(behind FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(behind)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
    set(behind TRUE)
  endif()
endforeach()
get_filename_component(folder ${LOG} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
file(REMOVE ${LOG})
# What --check-api finds goes to the error output instead.
execute_process(COMMAND ${command} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output ECHO_OUTPUT_VARIABLE)
string(REGEX MATCHALL "Oclgrind - OpenCL runtime error[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*" found "${output}")
list(JOIN found "\n" found)
if(EXISTS ${LOG})
  file(READ ${LOG} log)
  string(APPEND found "${log}")
endif()
if(status EQUAL 0 AND FINDS AND found MATCHES "${FINDS}")
  return()
endif()
string(SUBSTRING "${found}" 0 6000 head)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${command} ended with ${status}\n${head}")
elseif(FINDS)
  message(FATAL_ERROR "Oclgrind was to find '${FINDS}' and has found '${head}'")
elseif(NOT found STREQUAL "")
  message(FATAL_ERROR "Oclgrind has found (whole log: ${LOG}):\n${head}")
endif()
