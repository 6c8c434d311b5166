# SPDX-License-Identifier: Apache-2.0
"""Links small firmwares for a Cortex-M4 and reads their sections. They are only measured; examples/firmware_cortex_m has ones that
run."""
import functools
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORE = "cortex-m4"
FLAGS = ["-std=c99", "-Os", "-Wall", "-Wextra", "-Werror", "-mthumb", f"-mcpu={CORE}", "-mfloat-abi=hard", "--specs=nano.specs",
         "-ffunction-sections", "-fdata-sections", f"-I{ROOT}/runtime/include"]
OPS = "add;average_pool2d;conv2d;depthwise_conv2d;fully_connected;max_pool2d;reshape;softmax"
# Settings of the libraries, and the target whose kernels `inlay embed` names.
LIBRARIES = {
    "smallest": (["-DCMAKE_BUILD_TYPE=MinSizeRel", "-DINLAY_STRIP_STRINGS=1", "-DINLAY_TWINS=0"], "portable"),
    "fastest": (["-DCMAKE_BUILD_TYPE=Release", "-DINLAY_STRIP_STRINGS=1"], CORE),
    "texts": (["-DCMAKE_BUILD_TYPE=MinSizeRel", "-DINLAY_TWINS=0"], "portable"),
}
SECTIONS = ("code", "model", "data", "bss", "ram_session", "ram_planned", "ram_scratch")


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(str(part) for part in command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.lru_cache(maxsize=None)
def build_library(build, library):
    """The archives of one library, in a folder of `build`."""
    folder = build / library
    settings = [*LIBRARIES[library][0], f"-DINLAY_OPS={OPS}", "-DINLAY_WERROR=1"]
    if not (folder / "build.ninja").is_file():
        settings += ["-G", "Ninja", "--toolchain", ROOT / f"toolchains/{CORE}.cmake"]
        if shutil.which("ccache"):
            settings += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    run("cmake", "-S", ROOT, "-B", folder, *settings)
    run("cmake", "--build", folder, "--parallel", "1")  # ctest runs another test beside
    return [str(path) for path in sorted(folder.glob("**/libinlay_*.a"))]


def embed(folder, name, tflite, mode, target, tool):
    """NAME_model.c and .h; NAME.inlay is converted once."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / f"{name}.inlay").is_file():
        run(tool, "convert", tflite, "-o", folder / f"{name}.inlay")
    return run(tool, "embed", folder / f"{name}.inlay", "-o", folder, "--name", name, "--mode", mode, "--target", target)


def block(name, macro):
    """C of a static block in a section of its own, so that the linker shows its size, and where nothing is needed of none."""
    return (f'#if {macro} + 0 > 0\nstatic unsigned char {name}[{macro}] __attribute__((aligned(16), section(".bss.{name}")));\n'
            f"#else\n#define {name} ((void*)0)\n#endif")


def main_c(mode, names):
    """C of a program that starts a session of each model and runs it."""
    lines = [f'#include "inlay/{"prepared" if mode == "prepared" else "inlay"}.h"', *(f'#include "{name}_model.h"' for name in names)]
    # The preprocessor knows no sizeof: a session of a prepared model is never empty, its size is taken without asking.
    parts = ["SESSION"] if mode == "prepared" else ["PERSISTENT", "TABLE"]
    if mode == "file":
        lines += ["extern const inlay_backend inlay_backend_builtin;",
                  "static const inlay_device device = {&inlay_backend_builtin, 0};"]
    if not names:
        lines.append(PREPARED_NONE if mode == "prepared" else FILE_NONE)
    calls = []
    for name in names or ["none"]:
        macro = name.upper()
        for part in [*parts, "PLANNED", "SCRATCH"]:
            section = {"PERSISTENT": "session", "TABLE": "session_tables"}.get(part, part.lower())
            size = f"{macro}_{part}_BYTES"
            lines.append(SESSION.format(name=name, size=size) if part == "SESSION" and names else block(f"{section}_{name}", size))
        call = PREPARED_CALL if mode == "prepared" else FILE_CALL
        calls.append(call.replace("NAME", name).replace("MACRO", macro))
    return "\n".join(lines) + START.replace("CALLS", "\n".join(calls))


SESSION = 'static unsigned char session_{name}[{size}] __attribute__((aligned(16), section(".bss.session_{name}")));'
NONE = "".join(f"#define NONE_{part}_BYTES 0\n" for part in ("SESSION", "MODEL", "TABLE", "PERSISTENT", "PLANNED", "SCRATCH"))
PREPARED_NONE = NONE + "extern const inlay_model none_model;"
FILE_NONE = NONE + "extern const unsigned char none_model[];\nstatic const inlay_op_table none_ops = {0, 0};"
ARENA = """    const inlay_arena arena = {{session_NAME, SESSION_BYTES}, {planned_NAME, MACRO_PLANNED_BYTES}, {scratch_NAME, MACRO_SCRATCH_BYTES}};
"""
PREPARED_CALL = "  {\n" + ARENA.replace("SESSION_BYTES", "MACRO_SESSION_BYTES") + """\
    if (inlay_session_init_prepared(&NAME_model, &arena, &s, error) == INLAY_OK) use(s, inlay_session_run(s, error));
  }"""
FILE_CALL = "  {\n" + ARENA.replace("SESSION_BYTES", "MACRO_PERSISTENT_BYTES") + """\
    const inlay_block tables = {session_tables_NAME, MACRO_TABLE_BYTES};
    const inlay_config config = {.struct_size = sizeof(config), .devices = &device, .device_count = 1, .ops = &NAME_ops};
    inlay_model* model;
    if (inlay_model_init(NAME_model, MACRO_MODEL_BYTES, 0, tables, &model, error) == INLAY_OK &&
        inlay_session_init(model, &config, &arena, &s, error) == INLAY_OK) use(s, inlay_session_run(s, error));
  }"""
START = """
volatile int answer;
inlay_error* volatile error_at;
static void use(inlay_session* s, inlay_status status) {
  answer = (int)status + *(unsigned char*)inlay_session_input(s, 0) + *(const unsigned char*)inlay_session_output(s, 0);
}
int start(void);
int start(void) {
  inlay_session* s;
  inlay_error* error = error_at;
CALLS
  return 0;
}
"""


def link(build, library, mode, models, tool):
    """The ELF of the framework with `models` {name: .tflite}."""
    archives = build_library(build, library)
    folder = build / library / "elf" / (mode + "_" + ("_".join(models) or "framework"))
    folder.mkdir(parents=True, exist_ok=True)
    for name, tflite in models.items():
        embed(folder, name, tflite, mode, LIBRARIES[library][1], tool)
    (folder / "main.c").write_text(main_c(mode, list(models)), encoding="utf-8")
    objects = []
    for source in ["main.c", *(f"{name}_model.c" for name in models)]:
        objects.append(folder / source.replace(".c", ".o"))
        run("arm-none-eabi-gcc", *FLAGS, "-c", folder / source, "-o", objects[-1])
    elf = folder / "firmware.elf"
    run("arm-none-eabi-gcc", *FLAGS, "-nostartfiles", "-Wl,--gc-sections", "-T", HERE / "link.ld", "-Wl,--defsym=none_model=0",
        *objects, "-Wl,--start-group", *archives, "-Wl,--end-group", f"-Wl,-Map={folder}/map.txt", "-o", elf)
    return elf


def sections(elf):
    """{section without its dot: bytes}."""
    text = run("arm-none-eabi-size", "-A", elf)
    found = {name: int(size) for name, size in re.findall(r"^\.(\w+)\s+(\d+)", text, re.M)}
    return {name: found.get(name, 0) for name in SECTIONS}


def functions(elf):
    """{function or table: bytes} of what is no model, from 128 bytes up; overloads and instances of a template together."""
    begin, bytes_ = 0, 0
    for name, size, address in re.findall(r"^\.(\w+)\s+(\d+)\s+(\d+)", run("arm-none-eabi-size", "-A", elf), re.M):
        if name == "code":
            begin, bytes_ = int(address), int(size)
    sums = {}
    for line in run("arm-none-eabi-nm", "-S", "-C", "--defined-only", elf).splitlines():
        parts = line.split(None, 3)
        if len(parts) == 4 and begin <= int(parts[0], 16) < begin + bytes_:
            name = re.sub(r"[(<].*", "", parts[3].replace("(anonymous namespace)::", "")).split()[-1]
            sums[name] = sums.get(name, 0) + int(parts[1], 16)
    return {name: size for name, size in sums.items() if size >= 128}
