# SPDX-License-Identifier: Apache-2.0
# cmake -DIN=x.npy -DOUT=x.c -DNAME=x -P npy_to_c.cmake: the data of an array of NumPy's format 1 as C.
file(READ ${IN} length OFFSET 8 LIMIT 2 HEX)  # of the header, the lower byte first
string(REGEX REPLACE "(..)(..)" "0x\\2\\1" length ${length})
math(EXPR at "10 + ${length}")
file(READ ${IN} bytes OFFSET ${at} HEX)
string(LENGTH "${bytes}" count)
math(EXPR count "${count} / 2")
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(....................................................................................................)"
       "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "/* Made from a .npy file. */\n\nconst unsigned int ${NAME}_bytes = ${count};\n"
     "const unsigned char ${NAME}[] __attribute__((aligned(16))) = {\n${bytes}\n};\n")
