# SPDX-License-Identifier: Apache-2.0
# cmake -DOUT=FILE -DKERNELS=FILE;... -P embed_kernels.cmake: writes {"name", R"(text)"}, lines. Compilers limit the length of one
# literal to 64 KiB; no kernel file comes near.
set(all "")
foreach(file IN LISTS KERNELS)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND all "{\"${name}\", R\"INLAYCL(${text})INLAYCL\"},\n")
endforeach()
file(WRITE ${OUT} "${all}")
