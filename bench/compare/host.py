# SPDX-License-Identifier: Apache-2.0
"""What the machine is, and how busy."""
import os
import platform

FEATURES = """sse4_2 avx avx2 fma f16c avx_vnni avx512f avx512bw avx512vl avx512_vnni avx512_bf16 avx512_fp16 amx_tile amx_int8
amx_bf16 asimd asimddp asimdhp i8mm bf16 sve sve2""".split()


def cpuinfo():
    """The first core's keys and values."""
    found = {}
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    return found


def describe():
    info = cpuinfo()
    flags = set((info.get("flags") or info.get("Features") or "").split())
    name = info.get("model name") or info.get("CPU part") or platform.machine()
    return {"cpu": name, "features": [f for f in FEATURES if f in flags],
            "cores": os.cpu_count(), "os": f"{platform.system()} {platform.release()} {platform.machine()}",
            "python": platform.python_version()}


def load():
    return [round(x, 2) for x in os.getloadavg()]
