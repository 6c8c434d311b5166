# SPDX-License-Identifier: Apache-2.0
# The same programs on CPUs of other years (qemu-user): a level must be found, lesser CPUs must not miss what they lack, and the
# answers stay. Twins against the portable kernels bit for bit, then the cases of the ops that have twins on that level's device.
function(inlay_test_on_cpu cpu level)
  find_program(INLAY_QEMU_X86_64 qemu-x86_64)
  foreach(part Twins Conformance)
    set(name Emulated.${cpu}.${part})
    if(NOT INLAY_QEMU_X86_64)
      add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: no qemu-x86_64 here (Debian: qemu-user)")
      set_tests_properties(${name} PROPERTIES LABELS unit SKIP_REGULAR_EXPRESSION "^skipped:")
    elseif(part STREQUAL Twins)
      add_test(NAME ${name} COMMAND ${INLAY_QEMU_X86_64} -cpu ${cpu} $<TARGET_FILE:inlay_unit_tests> --gtest_filter=Twins.*)
      set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
    elseif(INLAY_TOOLS)
      add_test(NAME ${name} COMMAND ${INLAY_QEMU_X86_64} -cpu ${cpu} ${INLAY_BIN}/inlay_conformance --backend ${level}
                                    --op conv2d depthwise_conv2d fully_connected)
      set_tests_properties(${name} PROPERTIES LABELS conformance TIMEOUT 300)
    endif()
  endforeach()
endfunction()
if(INLAY_TWINS AND INLAY_HAS_AVX2 AND NOT INLAY_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  inlay_test_on_cpu(Nehalem sse4)
  inlay_test_on_cpu(Haswell avx2)
endif()
