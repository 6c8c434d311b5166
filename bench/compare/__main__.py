# SPDX-License-Identifier: Apache-2.0
"""Inlay and its peers on the same models and inputs, in turns. See README.md beside this file."""
import argparse
import datetime
import json
import os
import pathlib
import sys

import chart
import host
import table
from convert import Cache
from engines import PEERS
from entrants import Inlay, Peer
from measure import Options, contest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(prog="compare", description=__doc__)
    parser.add_argument("models", nargs="*", help=".tflite files, or names of models.tsv; default: all of models.tsv")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="folder of inlay and inlay-bench")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "bench/results", help="where peers.md, .json and .svg go")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "build/compare", help="where converted models are kept")
    parser.add_argument("--peers", default=",".join(PEERS), help="comma-separated; default: %(default)s")
    parser.add_argument("--inlay", action="append", default=[], metavar="NAME=ARGS",
                        help="a further Inlay with options of inlay-bench: 'portable=--backend reference'; the name Inlay "
                             "replaces the first")
    parser.add_argument("--threads", default="1,2", help="comma-separated; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=7, help="how often every engine takes its turn; default: %(default)s")
    parser.add_argument("--seconds", type=float, default=0.05, help="of one turn; default: %(default)s")
    parser.add_argument("--starts", type=int, default=1,
                        help="processes started for load, first run, memory; default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.02 s")
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.seconds = 3, 0.02
    unknown = [name for name in args.peers.split(",") if name and name not in PEERS]
    if unknown:
        parser.error(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return args


def listed():
    """{name: [wanted against LiteRT, wanted against the others]} of models.tsv."""
    lines = (pathlib.Path(__file__).parent / "models.tsv").read_text(encoding="utf-8").splitlines()
    split = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {name: [None if t == "-" else float(t) for t in wanted] for name, *wanted in split}


def find_models(names):
    shared = pathlib.Path(os.environ.get("INLAY_SHARED", ROOT.parent / "shared")) / "models/tflite"
    paths = [pathlib.Path(n) if n.endswith(".tflite") else shared / f"{n}.tflite" for n in names or listed()]
    if not names and not shared.is_dir():
        paths = sorted((ROOT / "examples/digits").glob("*.tflite"))
        print(f"compare: {shared} is missing (INLAY_SHARED), so only the digits models are measured", file=sys.stderr)
    for path in paths:
        if not path.exists():
            print(f"compare: {path} is missing and left out", file=sys.stderr)
    return [path for path in paths if path.exists()]


def find_entrants(args):
    ways = {"Inlay": ""}
    ways.update(way.partition("=")[::2] for way in args.inlay)
    entrants = [Inlay(args.bin, name, options) for name, options in ways.items()]
    entrants += [Peer(name) for name in args.peers.split(",") if name]
    for entrant in entrants:
        if entrant.missing:
            print(f"compare: {entrant.title} is {entrant.missing}", file=sys.stderr)
    return entrants


def measure(args, models, entrants):
    options, cache, wanted = Options(args.rounds, args.seconds, args.starts), Cache(args.cache), listed()
    results = []
    for path in models:
        for threads in map(int, args.threads.split(",")):
            print(f"{path.stem}, {threads} thread(s), load {host.load()[0]}", file=sys.stderr, flush=True)
            entries = contest(entrants, path, threads, options, cache)
            results.append({"model": path.stem, "threads": threads, "targets": wanted.get(path.stem), "peers": list(PEERS),
                            "entries": entries})
    return results, vars(options)


def write(document, out):
    out.mkdir(parents=True, exist_ok=True)
    text = table.markdown(document)
    (out / "peers.md").write_text(text, encoding="utf-8")
    (out / "peers.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    for threads in sorted({r["threads"] for r in document["results"]}):
        (out / f"peers_{threads}.svg").write_text(chart.svg(document, threads), encoding="utf-8")
    print(text)


def main():
    args = arguments()
    models, entrants = find_models(args.models), find_entrants(args)
    if not models:
        print("compare: no model to measure", file=sys.stderr)
        return 1
    said = ["bench/compare", *(pathlib.Path(a).name if "/" in a else a for a in sys.argv[1:])]
    document = {"date": datetime.date.today().isoformat(), "command": " ".join(said), "host": host.describe(),
                "load_before": host.load(), "versions": {e.title: e.version() for e in entrants}}
    results, options = measure(args, models, entrants)
    document.update(options=options, load_after=host.load(), results=results)
    write(document, args.out)
    # A peer may fail; we may not.
    return 0 if all(r["entries"][0]["status"] == "ok" for r in results) else 1


if __name__ == "__main__":
    sys.exit(main())
