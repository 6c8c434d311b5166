# SPDX-License-Identifier: Apache-2.0
"""The results as Markdown."""
import math


def spread(value, beside):
    """A deviation, to as many digits as the number beside it."""
    digits = number(beside).partition(".")[2]
    return f"{value:.{len(digits)}f}"


def number(value):
    """Three digits, or as many as it takes before the point."""
    if not math.isfinite(value):
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}" if value > 0 else "0"


def rows(lines):
    """A Markdown table with columns of even width, so that it can be read in a terminal, too."""
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]))]
    rule = ["-" * widths[0]] + ["-" * (w - 1) + ":" for w in widths[1:]]
    return ["| " + " | ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))) + " |"
            for row in [lines[0], rule, *lines[1:]]]


def ours_and(result):
    entries = result["entries"]
    return entries[0], {e["engine"]: e for e in entries[1:]}


def best_other(result, key="ratio"):
    """The fastest peer but LiteRT: its entry, or None."""
    others = set(result["peers"]) - {"litert"}
    peers = [e for e in result["entries"][1:] if e["engine"] in others and e["status"] == "ok"]
    return min(peers, key=lambda e: e[key]) if peers else None


def met(value, target):
    return "" if target is None else " ok" if value >= target else f" <{target:g}"


def ratio_cell(entry, time, ratio):
    if entry["status"] != "ok":
        return "-"
    quartiles = f" [{entry[ratio + '_q1']:.2f}-{entry[ratio + '_q3']:.2f}]"
    mark = "!" if entry["agreement"]["verdict"] == "differs" else ""
    return f"{number(entry[time])}{mark} = {entry[ratio]:.2f}{quartiles}"


def speed_table(results, threads, time, ratio):
    """Peers' times and their ratios to ours."""
    chosen = [r for r in results if r["threads"] == threads]
    titles = [e["title"] for e in max((r["entries"] for r in chosen), key=len)]
    lines = [["model", f"{titles[0]} ms", *titles[1:], "/ LiteRT", "/ best other"]]
    for result in chosen:
        ours, peers = ours_and(result)
        if ours["status"] != "ok":
            lines.append([result["model"], "-", *["-"] * (len(titles) - 1), "-", "-"])
            continue
        litert, best = peers.get("litert"), best_other(result, ratio)
        mine = f"{number(ours[time])}" + (f" ±{spread(ours['mad_ms'], ours[time])}" if time == "ms" else "")
        wanted = result["targets"] or [None, None]
        cells = [ratio_cell(e, time, ratio) for e in result["entries"][1:]]
        lines.append([result["model"], mine, *cells,
                      f"{litert[ratio]:.2f}{met(litert[ratio], wanted[0])}" if litert and litert["status"] == "ok" else "-",
                      f"{best[ratio]:.2f}{met(best[ratio], wanted[1])}" if best else "-"])
    return rows(lines)


def start_table(results, threads):
    chosen = [r for r in results if r["threads"] == threads]
    lines = [["model", "engine", "load ms", "first run ms", "both ms", "peak RSS MB", "of it the model's"]]
    for result in chosen:
        for e in result["entries"]:
            if e["status"] == "ok":
                lines.append([result["model"], e["title"], number(e["load_ms"]), number(e["first_ms"]), number(e["start_ms"]),
                              f"{e['rss_mb']:.1f}", f"{e['rss_added_mb']:.1f}"])
    return rows(lines)


def start_summary(results, threads):
    """How often we are no worse than LiteRT before the second run."""
    pairs = [(ours, peers.get("litert")) for ours, peers in (ours_and(r) for r in results if r["threads"] == threads)]
    pairs = [pair for pair in pairs if None not in pair and all(e["status"] == "ok" for e in pair)]
    if not pairs:
        return []
    less = {key: sum(ours[key] <= litert[key] for ours, litert in pairs) for key in ("start_ms", "rss_mb", "rss_added_mb")}
    return [f"Of {len(pairs)} models, load and first run take no longer than LiteRT's on {less['start_ms']}; peak RSS is no "
            f"higher on {less['rss_mb']}, the model's part of it on {less['rss_added_mb']}.", ""]


def agreement_cell(entry):
    if entry["status"] != "ok":
        return "-"
    found = entry["agreement"]
    if found["verdict"] == "equal":
        return "equal"
    worst = f"{found['worst']:.0f} quanta" if found["kind"] == "int" else f"{found['worst']:.1e}"
    return f"{found['verdict']}: {worst}, {found['unequal']}/{found['elements']}"


def agreement_table(results, threads):
    chosen = [r for r in results if r["threads"] == threads]
    titles = [e["title"] for e in max((r["entries"] for r in chosen), key=len)]
    lines = [["model", *titles[1:]]]
    for result in chosen:
        cells = [agreement_cell(e) for e in result["entries"][1:]]
        lines.append([result["model"], *cells, *["-"] * (len(titles) - 1 - len(cells))])
    return rows(lines)


def absent(results):
    """Who could not run, each sentence once."""
    said = []
    for result in results:
        for e in result["entries"]:
            if e["status"] != "ok":
                who = e["title"] if e["reason"].startswith("not installed") else f"{e['title']}, {result['model']}"
                line = f"{who}: {e['reason']}"
                if line not in said:
                    said.append(line)
    return said


def head(document):
    host, options = document["host"], document["options"]
    versions = ", ".join(f"{name} {version or 'not installed'}" for name, version in document["versions"].items())
    return ["# Inlay and its peers", "",
            f"Made by `{document['command']}` on {document['date']}.", "",
            f"- {host['cpu']}, {host['cores']} cores ({' '.join(host['features'])}), {host['os']}, Python {host['python']}",
            f"- load average before {document['load_before']} and after {document['load_after']}",
            f"- {versions}",
            f"- every engine in a process of its own, {options['rounds']} rounds in turns, each a block of "
            f"{options['seconds'] * 1000:g} ms ({options['min_runs']} runs at least); {options['starts']} start(s)", ""]


LEGEND = """Times are medians over the rounds, ± their median absolute deviation. `a = b [c-d]`: the peer takes a ms, which is b
times ours (median of the ratios of each round; c and d are their quartiles), so above 1 we are faster. The last two
columns compare with LiteRT and with the fastest other peer; `ok` or `<` the ratio wanted. `!`: the answer differs a
good deal (see Agreement); it is counted all the same."""


def markdown(document):
    results = document["results"]
    out = [*head(document), LEGEND, ""]
    counts = sorted({r["threads"] for r in results})
    for threads in counts:
        name = "1 thread" if threads == 1 else f"{threads} threads"
        out += [f"## Time, {name}", "", *speed_table(results, threads, "ms", "ratio"), ""]
    for threads in counts:
        name = "1 thread" if threads == 1 else f"{threads} threads"
        out += [f"## CPU time, {name}", "", *speed_table(results, threads, "cpu_ms", "cpu_ratio"), ""]
    out += [f"## Start and memory, {counts[0]} thread(s)", "",
            "Load has preparation in it, but not importing the library; all peers' memory has Python's in it, the last column "
            "has not.", "",
            *start_summary(results, counts[0]), *start_table(results, counts[0]), ""]
    out += ["## Agreement with our outputs", "",
            "Largest difference and unequal elements of the worst output. `close`: 2 quanta on 99 % of the elements, floats "
            "1e-3 of the largest value; `coarse` and `differs`: the error's root mean square is up to or above a tenth of the "
            "values' own spread.", "",
            *agreement_table(results, counts[0]), ""]
    missing = absent(results)
    if missing:
        out += ["## Not measured", "", *[f"- {line}" for line in missing], ""]
    return "\n".join(out)
