# SPDX-License-Identifier: Apache-2.0
"""inlay inspect beyond the basics of test_cli.py: the timeline, and the page, also of a model with hostile names."""
import html.parser
import json
import os
import re
import shutil
import subprocess
import unittest

from support import DIGITS, SHARED, CommandTest

MODELS = SHARED / "models/tflite"
NAME = b"StatefulPartitionedCall_1:0"  # of the output of the digits model
HOSTILE = b"</script><script>\"'&`alert(1"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Page(html.parser.HTMLParser):
    """What a browser would make of it: tags in order, the texts of scripts, links to elsewhere."""

    VOID = {"meta", "input", "br"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.scripts, self.open, self.wrong, self.attributes, self.titles = [], [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "script":
            self.scripts.append("")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        if self.open and self.open[-1] == "title":
            self.titles.append(data)


class Html(CommandTest):
    def page(self, model, *options):
        out, error = self.inlay("inspect", model, "--html", self.folder / "page.html", *options)
        self.assertEqual(error, "")
        if "--json" not in options:
            self.assertIn("page.html", out)
        text = (self.folder / "page.html").read_text(encoding="utf-8")
        page = Page(text)
        self.assertEqual((page.wrong, page.open), ([], []))
        self.assertEqual(len(page.scripts), 2)
        return text, page

    def hostile(self):
        file = (DIGITS / "digits_int8.tflite").read_bytes()
        name = HOSTILE[:len(NAME)].ljust(len(NAME), b"\x01")
        self.assertIn(NAME, file)
        out = self.folder / "hostile.inlay"
        source = self.file("hostile.tflite", file.replace(NAME, name))
        self.inlay("convert", source, "-o", out, "--labels", DIGITS / "labels.txt")
        return out, name

    def test_is_whole_and_self_contained(self):
        text, page = self.page(self.int8, "--why", "builtin")
        model = json.loads(page.scripts[0])
        for op in model["ops"]:
            self.assertIn(f"id='g0n{op['index']}'", text)
            self.assertIn(op["kind"], text)
        for kind in ("node f-conv", "class='edge", "class='edge rail'", "class='block", " view'", "url(#hatch0)"):
            self.assertIn(kind, text)
        self.assertGreater(len(page.titles), 2 * len(model["ops"]))  # of ops, edges and blocks
        for tag, name, value in page.attributes:
            self.assertNotIn(name, ("src", "href", "action", "onclick", "onload", "style"), (tag, value))
        self.assertEqual(re.findall(r"https?://|@import|url\((?!#)", text), [])
        self.assertIn("default-src 'none'", text)
        self.assertIn("prefers-color-scheme:dark", text)

    def test_json_beside_it(self):
        out, _ = self.inlay("inspect", self.int8, "--json", "--html", self.folder / "p.html")
        self.assertEqual(json.loads(out)["ops"][0]["kind"], "CONV_2D")
        self.assertTrue((self.folder / "p.html").is_file())

    def test_unwritable(self):
        self.refused("inspect", self.int8, "--html", self.folder / "none/p.html", says=["none/p.html"])

    def test_hostile_names(self):
        model, name = self.hostile()
        plain_text, plain = self.page(self.int8)
        text, page = self.page(model)
        self.assertEqual(page.tags, plain.tags)  # the names have made no element
        self.assertEqual(text.count("<script"), plain_text.count("<script"))
        self.assertNotIn("\x01", text)
        self.assertEqual(page.scripts[1], plain.scripts[1])
        self.assertEqual(json.loads(page.scripts[0])["outputs"][0]["name"].encode(), name)
        out, _ = self.inlay("inspect", model, "--memory")
        self.assertNotIn("\x01", out)

    @unittest.skipUnless(CHROMIUM, "no chromium")
    def test_in_a_browser(self):
        model, _ = self.hostile()
        for subject in (self.int8, model):
            self.page(subject)
            result = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder / 'profile'}",
                                     "--enable-logging=stderr", "--dump-dom", (self.folder / "page.html").as_uri()],
                                    capture_output=True, text=True, check=False, timeout=100)
            self.assertNotIn("CONSOLE", result.stderr)
            # The script ran: the panel shows the op with the most MACs.
            self.assertRegex(result.stdout, r'id="g0details"[^>]*><h3>CONV_2D')


class Text(CommandTest):
    def test_document(self):
        out, _ = self.inlay("inspect", self.int8, "--json", "--memory")
        model = json.loads(out)
        self.assertEqual((model["called"], model["variables"]), ([], []))
        roles = [t["role"] for t in model["tensors"]]
        self.assertEqual((roles.count("input"), roles.count("output")), (1, 1))
        memory = model["memory"]
        self.assertEqual(max(op["live_bytes_unshared"] for op in model["ops"]), memory["lower_bound_unshared"])
        self.assertEqual(max(t["offset"] + t["bytes"] for t in model["tensors"] if "offset" in t), memory["planned"])
        self.assertEqual([op["kind"] for op in model["ops"] if op.get("in_place")], ["ADD", "SOFTMAX"])
        reshape = next(op for op in model["ops"] if op["kind"] == "RESHAPE")
        self.assertEqual(model["tensors"][reshape["outputs"][0]]["view_of"], reshape["inputs"][0])
        self.assertIn("stride 1x1", model["ops"][0]["params"])
        self.assertEqual(model["ops"][0]["activation"], "RELU")

    def test_timeline(self):
        out, _ = self.inlay("inspect", self.int8, "--memory")
        self.assertIn("lower bound", out)
        self.assertIn("without sharing", out)
        self.assertRegex(out, r"(?m)^ +\d+  CONV_2D +\d+  #+\.* < peak$")

    def test_why(self):
        out, _ = self.inlay("inspect", self.int8, "--why", "builtin")
        self.assertRegex(out, r"(?m)^ +0  CONV_2D +takes it$")
        self.assertIn("builtin takes 10 of 10 ops", out)
        plugin = os.environ.get("INLAY_PLUGIN")
        if plugin is not None:
            out, _ = self.inlay("inspect", self.int8, "--why", plugin, "--json")
            model = json.loads(out)
            refused = sum(op["rejected"] is not None for op in model["ops"])
            self.assertEqual(model["why_counts"], {"takes": 10 - refused, "refuses": refused})

    @unittest.skipUnless(MODELS.is_dir(), "no shared models")
    def test_variables(self):
        model = self.folder / "lyra.inlay"
        self.inlay("convert", MODELS / "lyra_soundstream_encoder_mixed.tflite", "-o", model)
        out, _ = self.inlay("inspect", model)
        self.assertIn("variables (state kept between runs)", out)
        out, _ = self.inlay("inspect", model, "--json")
        variables = json.loads(out)["variables"]
        self.assertTrue(variables and all(v["bytes"] > 0 for v in variables), variables)


if __name__ == "__main__":
    unittest.main()
