#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what a compiler does not: who includes whom, SPDX lines, the list of ops, the promises of the headers.

    lint.py               checks the tree, prints FILE:LINE: sentence, exits 1 when there is any
    lint.py --self-test   breaks every rule once in a made-up tree and checks that it is noticed
"""
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Quoted includes: by folder, the prefixes allowed beside the file's own folder.
LAYERS = {
    "runtime/include": ["inlay/"],
    "runtime/core": ["inlay/", "core/"],
    "runtime/kernels": ["inlay/", "core/", "kernels/"],
    "runtime/ops": ["inlay/", "core/", "kernels/", "ops/"],
    "runtime/model": ["inlay/", "core/", "plan/", "model/", "schema/"],
    "runtime/plan": ["inlay/", "core/", "plan/"],
    "runtime/session": ["inlay/", "core/", "ops/", "model/", "plan/", "session/"],
    "runtime/platform": ["inlay/", "core/", "ops/", "model/", "plan/", "session/", "platform/"],
    "runtime/planner": ["inlay/", "core/", "plan/", "planner/"],
    "backends/builtin": ["inlay/", "core/", "ops/"],
    "backends/cuda": ["inlay/", "core/", "kernels/", "plan/", "planner/", "gpu/", "beside/"],
    "backends/gpu": ["inlay/", "core/", "kernels/", "plan/", "planner/", "gpu/"],
    "backends/opencl": ["inlay/", "core/", "kernels/", "plan/", "planner/", "gpu/"],
    "backends": ["inlay/", "core/", "beside/"],
    "tools": ["inlay/", "core/", "model/", "plan/", "planner/", "schema/", "tools/"],
    "tools/tune": ["inlay/", "core/", "model/", "plan/", "planner/", "schema/", "tools/", "backends/simulated/"],
    "bench/icount": ["core/", "kernels/"],
    "bench/gemm": ["inlay/", "core/", "kernels/", "tools/", "bench/", "gpu/", "cuda/"],  # launches ops' kernels itself
    "bench": ["inlay/", "core/", "model/", "plan/", "schema/", "tools/", "bench/"],
}
# Quoted includes that a build makes.
GENERATED = {"backends/cuda": ["shared_kernels.inc"], "backends/opencl": ["opencl_kernels.inc"]}
# Angle includes a runtime without a heap may use.
BARE_HEADERS = set("""array algorithm cfloat climits cmath cstddef cstdint cstring initializer_list limits new tuple
type_traits utility stddef.h stdint.h string.h math.h float.h immintrin.h arm_neon.h arm_mve.h arm_acle.h
riscv_vector.h""".split())
# And what only some parts may use beside them.
EXTRA_HEADERS = {"runtime/model": ["flatbuffers/"], "runtime/session": ["atomic"]}
BARE = ["runtime/core", "runtime/kernels", "runtime/ops", "runtime/model", "runtime/plan", "runtime/session",
        "backends/builtin"]
BANNED_CALL = re.compile(r"(?<![\w.:>])(?:std::|::)?(malloc|calloc|realloc|free|printf|fprintf|snprintf|puts|abort|exit|"
                         r"getenv|fopen)\s*\(")
BANNED_NEW = re.compile(r"\bnew\s+[A-Za-z_:]|\bthrow\b|\bdelete\s")
CODE = {".cc", ".h", ".c", ".hpp", ".inc", ".cu", ".cuh"}
TEXT = CODE | {".py", ".sh", ".cmake", ".md", ".fbs", ".txt"}
FOLDERS = ["runtime", "backends", "tools", "bench", "tests", "examples", "scripts", "schema", "docs", "cmake", "toolchains"]
FOREIGN = {"tools/import/tflite/tflite.fbs"}
UNFINISHED = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME)\b")
MAX_API_LINES = 500


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def code_only(text):
    """The text with comments and literals blanked; line numbers stay."""
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def layer_of(name):
    fits = [layer for layer in LAYERS if name.startswith(layer + "/")]
    return max(fits, key=len) if fits else None


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check_includes(root, name, text, report):
    layer = layer_of(name)
    if layer is None or "/tests/" in name:
        return
    folder = name.rsplit("/", 1)[0]
    public_c = layer == "runtime/include" and name.endswith((".h", ".inc"))
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', text, re.M):
        quote, target = match.groups()
        line = line_of(text, match.start())
        if quote == '"':
            own = folder + "/" if layer.split("/")[0] in ("backends", "bench", "tools") else None
            places = [folder] + [layer] * layer.startswith("backends/")
            beside = own is not None and ".." not in target and any((root / place / target).is_file() for place in places)
            beside = beside or target in GENERATED.get(layer, [])
            if not beside and not target.startswith(tuple(LAYERS[layer])) and not (own and target.startswith(own)):
                report(name, line, f"{layer} must not include \"{target}\"")
        elif public_c and target not in ("stddef.h", "stdint.h"):
            report(name, line, f"a public header includes <{target}>; only <stddef.h> and <stdint.h> are allowed")
        elif any(name.startswith(part + "/") for part in BARE) and target not in BARE_HEADERS:
            if not target.startswith(tuple(EXTRA_HEADERS.get(layer, ["\0"]))):
                report(name, line, f"{layer} runs without a heap: <{target}> is not in the list of scripts/lint.py")


def check_calls(name, text, report):
    if not any(name.startswith(part + "/") for part in BARE):
        return
    code = code_only(text)
    for pattern in (BANNED_CALL, BANNED_NEW):
        for match in pattern.finditer(code):
            report(name, line_of(code, match.start()), f"the runtime outside platform/ must not use '{match.group(0).strip()}'")


def check_ops(root, report):
    name = "runtime/include/inlay/ops.inc"
    if not (root / name).is_file():
        return
    seen = {}
    sharing = "|".join(re.findall(r"INLAY_ALIAS_(\w+)", (root / "runtime/include/inlay/op.h").read_text(encoding="utf-8")))
    for line, text in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r"INLAY_OP\((\d+), *(\w+), *(\w+), *(" + sharing + r")\)$", text)
        if not match:
            if text.startswith("INLAY_OP"):
                report(name, line, f"not of the form INLAY_OP(number, NAME, symbol, {sharing})")
            continue
        for key in (int(match.group(1)), match.group(2), match.group(3)):
            if key in seen:
                report(name, line, f"'{key}' is already used in line {seen[key]}")
            seen[key] = line
        if not (root / f"runtime/ops/{match.group(3)}.cc").is_file():
            report(name, line, f"runtime/ops/{match.group(3)}.cc is missing")


def check_operators(root, report):
    """docs/operators.md is generated; here only whether an op was added since. Ops without conformance cases are not in it."""
    ops, table, uncovered = (root / name for name in ("runtime/include/inlay/ops.inc", "docs/operators.md",
                                                      "tests/conformance/uncovered.txt"))
    if not ops.is_file() or not table.is_file():
        return
    rows = set(re.findall(r"^\| (\w+) \|", table.read_text(encoding="utf-8"), re.M))
    later = set(uncovered.read_text(encoding="utf-8").split()) if uncovered.is_file() else set()
    for name in re.findall(r"^INLAY_OP\(\d+, *(\w+),", ops.read_text(encoding="utf-8"), re.M):
        if name not in rows | later:
            report("docs/operators.md", 1, f"{name} is missing; run inlay_conformance --mode support --markdown docs/operators.md")


def check_readme(root, report):
    readme, program = root / "README.md", root / "examples/c_api/main.c"
    if readme.is_file() and program.is_file():
        body = program.read_text(encoding="utf-8").split("*/\n", 1)[-1].strip()
        if body not in readme.read_text(encoding="utf-8"):
            report("README.md", 1, "its C program differs from examples/c_api/main.c")


# Fields of the schema by what runtime/model/verify.cc calls them; a union has two.
FIELDS = {"ubyte": "k8", "bool": "k8", "ushort": "k16", "int": "k32", "uint": "k32", "float": "k32", "ulong": "k64", "Span": "kSpan",
          "string": "kString", "string (key)": "kKey", "Params": "k8, kParams", "[ubyte]": "k8s", "[int]": "k32s", "[uint]": "k32s",
          "[float]": "k32s", "[string]": "kStrings"}


def check_verifier(root, report):
    """The walk over a file's tables knows every field of the schema."""
    schema, walk = root / "schema/inlay.fbs", root / "runtime/model/verify.cc"
    if not schema.is_file() or not walk.is_file():
        return
    tables = re.findall(r"^table (\w+) \{(.*?)\}", re.sub(r"//[^\n]*", "", schema.read_text(encoding="utf-8")), re.M | re.S)
    lists = dict(re.findall(r"/\* (\w+) \*/ ([\w, ]+),\n", walk.read_text(encoding="utf-8")))
    begins = re.search(r"kBegin\[[^{]*\{([\d, ]+)\}", walk.read_text(encoding="utf-8"))
    counts = [text.count(",") + 1 for text in lists.values()]
    if not begins or [int(n) for n in begins.group(1).split(",")] != [sum(counts[:i]) for i in range(len(counts) + 1)]:
        report("runtime/model/verify.cc", 1, "kBegin does not say where the fields of each table begin")
    for table, body in tables:
        types = [" ".join(line.split(":", 1)[1].split()) for line in body.split(";") if ":" in line]
        wanted = ", ".join(FIELDS.get(t, "k" + t.strip("[]") + "s") for t in types)
        if lists.get(table) != wanted:
            report("runtime/model/verify.cc", 1, f"the fields of {table} should be {wanted}")


def check_tree(root):
    found = []

    def report(name, line, sentence):
        found.append(f"{name}:{line}: {sentence}")

    paths = [p for folder in FOLDERS for p in sorted((root / folder).rglob("*"))] + sorted(root.glob("*.*"))
    for path in paths:
        name = path.relative_to(root).as_posix()
        if path.suffix not in TEXT or not path.is_file() or name in FOREIGN:
            continue
        text = path.read_text(encoding="utf-8")
        match = UNFINISHED.search(text)
        if match:
            report(name, line_of(text, match.start()), f"'{match.group(0)}': finish it, or open an issue")
        if path.suffix not in CODE:
            continue
        if "SPDX-License-Identifier: Apache-2.0" not in text.split("\n", 1)[0]:
            report(name, 1, "the first line has no SPDX-License-Identifier")
        if name == "runtime/include/inlay/inlay.h" and text.count("\n") > MAX_API_LINES:
            report(name, MAX_API_LINES, f"the C API has {text.count(chr(10))} lines, at most {MAX_API_LINES} are allowed")
        check_includes(root, name, text, report)
        check_calls(name, text, report)
    check_ops(root, report)
    check_operators(root, report)
    check_readme(root, report)
    check_verifier(root, report)
    return found


SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD = {
    "runtime/core/a.cc": SPDX + '#include <cstdint>\n#include "core/a.h"\n// malloc( in a comment\nauto s = "free(";\n',
    "runtime/session/a.cc": SPDX + '#include "model/m.h"\n#include <new>\nvoid f(void* p) { new (p) int; x.free(p); }\n',
    "runtime/platform/a.cc": SPDX + "#include <cstdlib>\nvoid* f() { return malloc(1); }\n",
    "tools/inlay/a.cc": SPDX + '#include <vector>\n#include "tools/graph/ir.h"\n#include "model/m.h"\n',
    "runtime/include/inlay/inlay.h": SPDX + "#include <stddef.h>\n",
    "runtime/include/inlay/ops.inc": SPDX + "INLAY_OP(1, A, a, NONE)\n",
    "runtime/include/inlay/op.h": SPDX + "enum { INLAY_ALIAS_NONE, INLAY_ALIAS_INPLACE };\n",
    "runtime/ops/a.cc": SPDX,
    "docs/operators.md": "| op | dtypes |\n|---|---|\n| A | int8 |\n",
    "schema/inlay.fbs": "table A { a:int; // b:int;\n b:[A]; }\ntable B { p:Params; }\n",
    "runtime/model/verify.cc": SPDX + "    /* A */ k32, kAs,\n    /* B */ k8, kParams,\nkBegin[3] = {0, 2, 4};\n",
}
BAD = [  # file, contents, a piece of the sentence expected
    ("runtime/core/b.cc", SPDX + '#include "kernels/k.h"\n', 'core must not include "kernels/k.h"'),
    ("runtime/kernels/b.cc", SPDX + '#include "ops/o.h"\n', 'must not include "ops/o.h"'),
    ("runtime/plan/b.cc", SPDX + '#include "model/m.h"\n', 'must not include "model/m.h"'),
    ("runtime/session/b.cc", SPDX + '#include "backends/x.h"\n', 'must not include "backends/x.h"'),
    ("backends/foo/b.cc", SPDX + '#include "ops/o.h"\n', 'must not include "ops/o.h"'),
    ("tools/inlay/b.cc", SPDX + '#include "session/s.h"\n', 'must not include "session/s.h"'),
    ("runtime/core/b.cc", SPDX + "#include <vector>\n", "<vector> is not in the list"),
    ("runtime/ops/b.cc", SPDX + "void* f() { return std::malloc(3); }\n", "must not use 'std::malloc('"),
    ("runtime/ops/b.cc", SPDX + "int* f() { return new int; }\n", "must not use 'new i'"),
    ("runtime/include/inlay/b.h", SPDX + "#include <stdio.h>\n", "a public header includes <stdio.h>"),
    ("runtime/core/b.h", "int x;\n", "no SPDX"),
    ("runtime/core/b.h", SPDX + "// TO" + "DO: later\n", "finish it"),
    ("runtime/include/inlay/inlay.h", SPDX + "\n" * 500, "the C API has 501 lines"),
    ("runtime/include/inlay/ops.inc", SPDX + "INLAY_OP(1, A, a, NONE)\nINLAY_OP(1, B, a, NONE)\n", "already used"),
    ("runtime/include/inlay/ops.inc", SPDX + "INLAY_OP(2, B, nowhere, NONE)\n", "nowhere.cc is missing"),
    ("runtime/include/inlay/ops.inc", SPDX + "INLAY_OP(2, B, a, SOME)\n", "not of the form"),
    ("schema/inlay.fbs", "table A { a:int; b:[A]; c:ulong; }\ntable B { p:Params; }\n", "of A should be k32, kAs, k64"),
    ("runtime/model/verify.cc", SPDX + "    /* A */ k32, kAs,\n    /* B */ k8, kParams,\nkBegin[3] = {0, 3, 4};\n", "kBegin"),
    ("docs/operators.md", "| B | int8 |\n", "A is missing; run inlay_conformance"),
]


def self_test():
    def with_files(files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return check_tree(pathlib.Path(folder))

    failures = [f"a good tree is refused: {line}" for line in with_files(GOOD)]
    for name, text, sentence in BAD:
        found = with_files({**GOOD, name: text})
        if not any(sentence in line for line in found):
            failures.append(f"not noticed in {name}: {sentence} (found: {found})")
    for line in failures:
        print(line)
    print(f"lint self-test: {len(BAD)} violations tried, {len(failures)} failures")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    found = check_tree(ROOT)
    for line in found:
        print(line)
    print(f"lint: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
