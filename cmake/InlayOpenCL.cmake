# SPDX-License-Identifier: Apache-2.0
# What tests need of OpenCL: drivers, folders of .icd files that show a program one of them, environments.
#
# A host is what a test finds when it asks for OpenCL:
#   pocl      PoCL's CPU device                 two   the same twice, as two devices of one platform
#   none      no driver at all                  test  PoCL behind our ICD that injects failures: backends/opencl/tests/icd
#   oclgrind  the simulator that checks kernels
# Without a host's Debian package its tests are there and are skipped, with the name of the package.

# Debian's drivers by the file that an .icd would name. Not in cross builds: PoCL does not run in qemu-user.
if(NOT CMAKE_CROSSCOMPILING)
  find_library(INLAY_OPENCL_LOADER NAMES libOpenCL.so.1)
  find_library(INLAY_POCL NAMES libpocl.so.2)
  find_path(INLAY_OPENCL_INCLUDE CL/cl_icd.h)
  find_program(INLAY_OCLGRIND oclgrind)
  find_library(INLAY_OCLGRIND_DRIVER NAMES liboclgrind-rt-icd.so PATH_SUFFIXES oclgrind)
  find_program(INLAY_OPENCL_CLANG NAMES clang-14 clang-15 clang-16 clang)
  mark_as_advanced(INLAY_OPENCL_LOADER INLAY_POCL INLAY_OPENCL_INCLUDE INLAY_OCLGRIND INLAY_OCLGRIND_DRIVER INLAY_OPENCL_CLANG)
endif()

set(INLAY_OPENCL_FOLDER ${CMAKE_BINARY_DIR}/opencl)
set(INLAY_OPENCL_LEAKS ${PROJECT_SOURCE_DIR}/backends/opencl/tests/leaks.supp)
file(MAKE_DIRECTORY ${INLAY_OPENCL_FOLDER}/cache ${INLAY_OPENCL_FOLDER}/none ${INLAY_OPENCL_FOLDER}/pocl)
if(INLAY_POCL)
  file(CONFIGURE OUTPUT ${INLAY_OPENCL_FOLDER}/pocl/pocl.icd CONTENT "${INLAY_POCL}\n")
endif()
if(INLAY_OCLGRIND_DRIVER)
  file(CONFIGURE OUTPUT ${INLAY_OPENCL_FOLDER}/oclgrind/oclgrind.icd CONTENT "${INLAY_OCLGRIND_DRIVER}\n")
endif()

# Sets `out` to the reason why tests on `host` cannot run here; empty: they can.
function(inlay_opencl_missing out host)
  set(reason "")
  if(CMAKE_CROSSCOMPILING)
    set(reason "no OpenCL driver runs in an emulator")
  elseif(NOT INLAY_OPENCL_LOADER)
    set(reason "no libOpenCL.so.1 here (Debian: ocl-icd-libopencl1)")
  elseif(host STREQUAL "oclgrind" AND NOT INLAY_OCLGRIND_DRIVER)
    set(reason "no Oclgrind here (Debian: oclgrind)")
  elseif(host MATCHES "^(pocl|two|test)$" AND NOT INLAY_POCL)
    set(reason "no PoCL here (Debian: pocl-opencl-icd)")
  elseif(host STREQUAL "test" AND NOT INLAY_OPENCL_INCLUDE)
    set(reason "no CL/cl_icd.h here (Debian: opencl-c-headers)")
  endif()
  set(${out} "${reason}" PARENT_SCOPE)
endfunction()

# Sets `out` to a list of VARIABLE=VALUE, for the property ENVIRONMENT of a test on `host`.
function(inlay_opencl_environment out host)
  set(folder ${host})
  set(all "POCL_CACHE_DIR=${INLAY_OPENCL_FOLDER}/cache")  # without a folder to write to, PoCL has no device and says nothing
  if(host STREQUAL "two")
    set(folder pocl)
    list(APPEND all "POCL_DEVICES=pthread pthread")
  endif()
  list(APPEND all "OCL_ICD_VENDORS=${INLAY_OPENCL_FOLDER}/${folder}/")
  if(INLAY_SANITIZE MATCHES "address")
    list(APPEND all "LSAN_OPTIONS=suppressions=${INLAY_OPENCL_LEAKS}:print_suppressions=0")
  endif()
  set(${out} "${all}" PARENT_SCOPE)
endfunction()

# inlay_opencl_test(NAME HOST COMMAND...): a test on a host, skipped by name where there is no such host.
function(inlay_opencl_test name host)
  inlay_opencl_missing(missing ${host})
  set(name ${INLAY_TEST_PREFIX}opencl.${name})
  if(missing)
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${missing}")
  else()
    add_test(NAME ${name} COMMAND ${ARGN})
  endif()
  inlay_opencl_environment(environment ${host})
  set_tests_properties(${name} PROPERTIES LABELS opencl TIMEOUT 300 SKIP_REGULAR_EXPRESSION "^skipped: "
                       ENVIRONMENT "${environment}")
endfunction()

# inlay_oclgrind_test(NAME FINDS COMMAND...): a program on the host oclgrind; what is found there makes the test fail, or,
# where FINDS is no empty regular expression, not to find that.
function(inlay_oclgrind_test name finds)
  inlay_opencl_test(oclgrind.${name} oclgrind ${CMAKE_COMMAND} -DLOG=${INLAY_OPENCL_FOLDER}/oclgrind/${name}.log "-DFINDS=${finds}"
                    -P ${PROJECT_SOURCE_DIR}/backends/opencl/tests/oclgrind/run.cmake -- ${ARGN})
endfunction()

# inlay_opencl_gtest(TARGET HOST): every test of a GoogleTest program, on a host. The program skips what the host lacks.
function(inlay_opencl_gtest target host)
  gtest_discover_tests(${target} TEST_PREFIX "${INLAY_TEST_PREFIX}opencl.${host}." TEST_FILTER "-DISABLED_*" DISCOVERY_TIMEOUT 60
                       TEST_LIST ${target}_${host} PROPERTIES LABELS opencl TIMEOUT 300)
  # Lists do not survive PROPERTIES: ctest reads this file after the one that has the tests.
  inlay_opencl_environment(environment ${host})
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${target}_${host}_environment.cmake)
  file(CONFIGURE OUTPUT ${file} @ONLY
       CONTENT "if(@target@_@host@)
  set_tests_properties(\${@target@_@host@} PROPERTIES ENVIRONMENT [==[@environment@]==])
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
endfunction()

# Every test below this folder that names no host of its own finds PoCL and nothing else, whatever is installed.
function(inlay_opencl_default_host)
  set(lines "")
  inlay_opencl_environment(environment pocl)
  foreach(setting IN LISTS environment)
    string(REGEX MATCH "^([A-Z_]+)=(.*)$" setting "${setting}")
    string(APPEND lines "set(ENV{${CMAKE_MATCH_1}} [==[${CMAKE_MATCH_2}]==])\n")
  endforeach()
  file(CONFIGURE OUTPUT ${INLAY_OPENCL_FOLDER}/environment.cmake CONTENT "${lines}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${INLAY_OPENCL_FOLDER}/environment.cmake)
endfunction()
