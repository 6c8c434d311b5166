#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every OpenCL kernel for each set of options that it names, for a device without any extension.

    check_kernels.py --clang CLANG FOLDER...    FOLDER/*.cl, common.cl of the first folder before each other
    check_kernels.py --clang CLANG --self-test

A kernel file lists its sets in comments, one a line; nothing behind the colon is a set, too. Words beginning with + are
extensions of the device, the others go to the compiler, and some of these say by themselves which extension the device has:

    // options: -DELEM=char
    // options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH
    // options: -DELEM=char +cl_khr_integer_dot_product

A file without sets fails, and so do warnings. Where an extension is not named, its use is an error: half arithmetic where halves
are only stored, and doubles, which are what 1.0 is without an f.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

COMMON = "common.cl"
# Macros that the backend defines only for devices with an extension.
IMPLIES = {"-DHALF_MATH": "+cl_khr_fp16", "-DDOT8": "+cl_khr_integer_dot_product"}
# What the extensions define beside their own name; clang 14 knows dot products of OpenCL 3.0 only, and needs to be told.
DEFINES = {"cl_khr_integer_dot_product": ["-Dcl_khr_integer_dot_product=1", "-D__opencl_c_integer_dot_product_input_4x8bit=1",
                                          "-D__opencl_c_integer_dot_product_input_4x8bit_packed=1"]}


def option_sets(text):
    return [words.split() for words in re.findall(r"^// options:(.*)$", text, re.M)]


def command(clang, words):
    extensions, options = ["-all"], []
    for word in words + [IMPLIES[word] for word in words if word in IMPLIES]:
        if not word.startswith("+"):
            options.append(word)
        elif word[1:] in DEFINES:
            options += DEFINES[word[1:]]
        else:
            extensions.append(word)
    # Without -cl-no-stdinc it is clang's short list of functions, which knows vstore_half only beside half arithmetic.
    return [clang, "-x", "cl", "-cl-std=CL1.2", "-target", "spir64", "-cl-no-stdinc", "-Xclang", "-finclude-default-header",
            "-Xclang", "-cl-ext=" + ",".join(extensions), "-Wall", "-Werror", "-fsyntax-only", *options, "-"]


def compile_one(clang, common, path, words):
    """What the compiler says; empty: nothing."""
    text = ""
    for part in ([path] if path.name == COMMON else [common, path]):
        text += f'#line 1 "{part.name}"\n' + part.read_text(encoding="utf-8") + "\n"
    done = subprocess.run(command(clang, words), input=text, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return f"{path.name}: with '{' '.join(words)}':\n{done.stderr or done.stdout}"


def check(clang, folders):
    """How many compilations there were, and what is wrong."""
    problems, jobs = [], []
    for path in sorted(path for folder in folders for path in folder.glob("*.cl")):
        sets = option_sets(path.read_text(encoding="utf-8"))
        if not sets:
            problems.append(f"{path.name}: no line '// options: ...', so nobody checks it")
        jobs += [(path, words) for words in sets]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda job: compile_one(clang, folders[0] / COMMON, *job), jobs)
        problems += [text for text in said if text]
    return len(jobs), problems


SELF_TEST = {  # file -> its text, and what must be said of it
    "right.cl": ("// options: -DT=float\n// options: -DT=int\nkernel void k(global T* x) { x[ID] += 1; }", None),
    "plain.cl": ("// options:\nkernel void k(global int* x) { x[ID] += 1; }", None),
    "no_sets.cl": ("kernel void k(global int* x) { x[ID] += 1; }", "no line '// options"),
    "one_of_two.cl": ("// options: -DT=float\n// options: -DT=nothing\nkernel void k(global T* x) {}", "unknown type name"),
    "unused.cl": ("// options:\nkernel void k(global int* x) { int y = 1; x[ID] = 1; }", "unused variable"),
    "stores_half.cl": ("// options:\nkernel void k(global half* x) { vstore_half(1.0f, ID, x); }", None),
    "computes_half.cl": ("// options:\nkernel void k(global half* x) { x[ID] += x[1]; }", "half"),
    "may_compute_half.cl": ("// options: +cl_khr_fp16\n#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
                            "kernel void k(global half* x) { x[ID] += x[1]; }", None),
    "implied.cl": ("// options: -DHALF_MATH\n#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
                   "kernel void k(global half* x) { x[ID] += x[1]; }", None),
    "double.cl": ("// options:\nkernel void k(global float* x) { x[ID] *= 1.5; }", "double precision"),
    "dot.cl": ("// options: +cl_khr_integer_dot_product\nkernel void k(global int* x, char4 y) { x[ID] = dot(y, y); }", None),
    "no_dot.cl": ("// options:\nkernel void k(global int* x, char4 y) { x[ID] = dot(y, y); }", "dot"),
}


def self_test_of(clang, name):
    text, expected = SELF_TEST[name]
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / COMMON).write_text("// options:\n#define ID get_global_id(0)\n", encoding="utf-8")
        (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
        _, problems = check(clang, [pathlib.Path(folder)])
    found = "\n".join(problems)
    right = expected in found if expected is not None else not found
    return "" if right else f"self-test {name}: expected '{expected}', found '{found}'"


def self_test(clang):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda name: self_test_of(clang, name), SELF_TEST)
        return len(SELF_TEST), [text for text in said if text]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    args = parser.parse_args()
    if not args.self_test and (not args.folders or not (args.folders[0] / COMMON).is_file()):
        parser.error(f"which folders? The first one has {COMMON}")
    count, problems = self_test(args.clang) if args.self_test else check(args.clang, args.folders)
    for problem in problems:
        print(problem)
    print(f"{count} compilations, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
