# SPDX-License-Identifier: Apache-2.0
"""The ratios as an SVG: bars by model and peer, pale where answers differ; whiskers between quartiles; a logarithmic scale."""
import html
import math

COLORS = ["#c1440e", "#1f5fa8", "#2e8b57", "#8a5fb0", "#b8860b", "#555555"]
LEFT, RIGHT, TOP, ROW, BAR = 210, 30, 70, 14, 9
LOWEST, HIGHEST = 0.1, 12  # what lies outside ends at the edge


def scale(results):
    """(lowest, highest) ratio of the axis, and a function to x between 0 and 1."""
    entries = [e for r in results for e in r["entries"][1:] if e["status"] == "ok"]
    values = [e[key] for e in entries for key in ("ratio_q1", "ratio_q3") if e[key] > 0]
    low, high = max(LOWEST, min([0.5, *values]) / 1.1), min(HIGHEST, max([2, *values]) * 1.1)
    return low, high, lambda v: math.log(min(max(v, low), high) / low) / math.log(high / low)


def ticks(low, high):
    return [t for t in (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10) if low <= t <= high]


def text(x, y, words, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{html.escape(words)}</text>'


def mark(x_of, y, entry, color):
    begin, end = sorted((x_of(1), x_of(entry["ratio"])))
    low, high = x_of(entry["ratio_q1"]), x_of(entry["ratio_q3"])
    opacity = 0.4 if entry["agreement"]["verdict"] == "differs" else 0.9
    label = f"{entry['title']}: {entry['ratio']:.2f} [{entry['ratio_q1']:.2f}-{entry['ratio_q3']:.2f}], {entry['ms']:.3g} ms"
    middle = y + BAR / 2
    return [f'<g><title>{html.escape(label)}</title>'
            f'<rect x="{begin:.1f}" y="{y:.1f}" width="{max(end - begin, 1):.1f}" height="{BAR}" '
            f'fill="{color}" opacity="{opacity}"/>'
            f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {y + 2:.1f}v{BAR - 4}M{high:.1f} {y + 2:.1f}v{BAR - 4}" '
            f'stroke="#000" fill="none"/></g>']


def svg(document, threads, width=900):
    results = [r for r in document["results"] if r["threads"] == threads and r["entries"][0]["status"] == "ok"]
    engines = list(dict.fromkeys((e["engine"], e["title"]) for r in results for e in r["entries"][1:]))
    colors = {key: COLORS[i % len(COLORS)] for i, (key, _) in enumerate(engines)}
    low, high, part = scale(results)

    def x_of(value):
        return LEFT + part(value) * (width - LEFT - RIGHT)

    shapes, y = [], TOP
    for result in results:
        entries = [e for e in result["entries"][1:] if e["status"] == "ok"]
        shapes.append(text(LEFT - 8, y + ROW * max(len(entries), 1) / 2 + 4, result["model"], "end"))
        for entry in entries:
            shapes += mark(x_of, y, entry, colors[entry["engine"]])
            y += ROW
        y += 8 if entries else ROW
    grid = []
    for tick in ticks(low, high):
        strong = 'stroke="#000"' if tick == 1 else 'stroke="#ccc"'
        grid.append(f'<path d="M{x_of(tick):.1f} {TOP - 6}V{y}" {strong}/>' + text(x_of(tick), TOP - 10, f"{tick:g}", "middle"))
    keys = []
    for index, (key, title) in enumerate(engines):
        x = LEFT + index * 120
        keys.append(f'<rect x="{x}" y="28" width="10" height="10" fill="{colors[key]}"/>' + text(x + 14, 37, title))
    name = "1 thread" if threads == 1 else f"{threads} threads"
    title = text(10, 18, f"Time of the peer / time of Inlay, {name}, {document['host']['cpu']}", extra='font-weight="bold"')
    size = f'width="{width}" height="{y + 10}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
                      f'<rect {size} fill="#fff"/>', title, *keys, *grid, *shapes, "</svg>", ""])
