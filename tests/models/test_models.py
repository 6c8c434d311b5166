# SPDX-License-Identifier: Apache-2.0
"""Real models against the stored reference outputs and against LiteRT. Run by run.py, which names the case."""
import os
import wave

import numpy as np
import pytest

import harness

CASE = os.environ["INLAY_CASE"]
CASES = [case for case in harness.cases() if case.name == CASE]
BY_NAME = {case.name: case for case in harness.cases()}


def check(case, model, inputs, references, folder):
    ours = harness.run(model, inputs, folder)
    for index, reference in enumerate(references):
        difference = harness.compare(case.rule, reference.pick_from(ours, index), reference.values)
        print(f"{case.name} output {index}: {difference}")
        assert harness.passes(case.rule, difference), f"{case.name} output {index}, rule {case.rule}: {difference}"


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    if not request.param.tflite.is_file():
        pytest.skip(f"{request.param.tflite} is not there")
    return request.param


@pytest.fixture
def model(case, tmp_path):
    return harness.convert(case, tmp_path)


def test_golden(case, model, tmp_path):
    stored = harness.golden(case)
    if stored is None:
        pytest.skip(f"no reference outputs of {case.name} are stored")
    check(case, model, *stored, tmp_path)


@pytest.mark.parametrize("which", ["stored", 1, 2])
def test_litert(case, model, tmp_path, which):
    stored = harness.golden(case)
    if which == "stored" and stored is None:
        which = 0
    try:
        reference = harness.litert(case, (lambda specs: stored[0]) if which == "stored" else harness.random_inputs(which))
    except harness.NoReference as reason:
        pytest.skip(str(reason))
    check(case, model, *reference, tmp_path)


def test_memory(case, model, tmp_path):
    memory = harness.bench(model, tmp_path)["memory"]
    planned, bound = memory["planned"], memory["lower_bound"]
    assert planned >= bound > 0
    if case.planned == "bound":
        assert planned == bound
    elif case.planned != "-":
        assert planned == int(case.planned)
        assert planned == bound
    assert planned <= bound * 1.02


def test_threads_change_no_bit(model, tmp_path):
    one, two = (harness.bench(model, tmp_path, "--threads", count)["outputs_crc32"] for count in (1, 2))
    assert one == two


def test_stream(case, model, tmp_path):
    if case.kind != "stream":
        pytest.skip(f"{case.name} keeps no state")
    try:
        inputs, references = harness.litert_stream(case, 20, 3)
    except harness.NoReference as reason:
        pytest.skip(str(reason))
    ours = harness.stream(model, inputs, tmp_path)
    assert len(ours) == len(references)
    for index, (a, b) in enumerate(zip(ours, references)):
        difference = harness.compare(case.rule, a.reshape(-1), b.reshape(-1))
        print(f"{case.name} output {index} over 20 runs: {difference}")
        assert harness.passes(case.rule, difference), f"{case.name} output {index}, rule {case.rule}: {difference}"


if CASE == "cat_is_a_cat":

    @pytest.mark.parametrize("name", ["mobilenet_v2_1.0_224_uint8", "mobilenet_v2_1.0_224_int8"])
    def test_cat(name, tmp_path):
        case = BY_NAME[name]
        labels = (harness.SHARED / "inputs/labels/imagenet_1001.txt").read_text(encoding="utf-8").splitlines()
        inputs, _ = harness.golden(case)  # cat.bmp, resized
        scores = harness.run(harness.convert(case, tmp_path), inputs, tmp_path)[0].reshape(-1)
        assert scores.size == 1001
        assert int(scores.argmax()) == 286
        assert "Egyptian cat" in labels[286]


if CASE == "resnet8_accuracy":

    @pytest.mark.parametrize("name,right", [("resnet8_cifar10_int8", 158), ("resnet8_cifar10_float", 159)])
    def test_cifar10(name, right, tmp_path):
        records = np.fromfile(harness.SHARED / "inputs/images/cifar10_test_200.bin", np.uint8).reshape(200, 3073)
        model = harness.convert(BY_NAME[name], tmp_path)
        hits = 0
        for record in records:
            pixels = record[1:].reshape(3, 32, 32).transpose(1, 2, 0)[np.newaxis]
            array = (pixels.astype(np.int16) - 128).astype(np.int8) if name.endswith("int8") else pixels.astype(np.float32)
            hits += int(harness.run(model, [np.ascontiguousarray(array)], tmp_path)[0].argmax()) == record[0]
        assert hits == right


if CASE == "person_or_not":

    @pytest.mark.parametrize("picture,person", [("person", 1), ("no_person", 0)])
    def test_person(picture, person, tmp_path):
        data = (harness.SHARED / "inputs/images" / f"{picture}.bmp").read_bytes()
        offset = int.from_bytes(data[10:14], "little")  # gray, 8 bits, bottom row first
        pixels = np.frombuffer(data, np.uint8, 96 * 96, offset).reshape(96, 96)[::-1]
        # These two files hold the model's int8 input itself, byte for byte (0x80 is -128), not gray levels: read as gray levels
        # minus 128, LiteRT too sees nobody in person.bmp.
        array = np.ascontiguousarray(pixels).view(np.int8).reshape(1, 96, 96, 1)
        scores = harness.run(harness.convert(BY_NAME["person_detect_int8"], tmp_path), [array], tmp_path)[0].reshape(-1)
        assert int(scores.argmax()) == person


if CASE == "yes_or_no":

    @pytest.mark.parametrize("clip,word", [("yes", "yes"), ("no", "no"), ("noise", "silence"), ("silence", "silence")])
    def test_word(clip, word, tmp_path):
        program = harness.BIN / "micro_speech"
        if not program.is_file():
            pytest.skip("the example micro_speech is not built")
        names = ["audio_preprocessor_int8", "micro_speech_int8"]
        models = [harness.convert(harness.Case(name, "-", "-"), tmp_path) for name in names]
        # The clip before leaves a noise estimate behind, which must not matter.
        wavs = [harness.SHARED / "inputs/audio" / f"{name}_1000ms.wav" for name in ("noise", clip)]
        lines = harness.command(program, *models, *wavs).splitlines()
        assert len(lines) == 2
        assert lines[1].split(" s: ")[1].split(" ")[0] == word, lines[1]


if CASE == "cats_and_dogs":

    def ssd(tmp_path, picture):
        model = harness.convert(harness.Case("ssd_mobilenet_v1_coco_uint8", "-", "-"), tmp_path)
        out = tmp_path / "out"
        harness.command(harness.BIN / "inlay", "run", model, "-i", picture, "-o", out)
        return [np.load(out / f"out_{k}.npy") for k in range(4)]

    def overlap(a, b):
        """Intersection over union of two boxes x, y, width, height."""
        low, high = np.maximum(a[:2], b[:2]), np.minimum(a[:2] + a[2:], b[:2] + b[2:])
        both = np.prod(np.maximum(high - low, 0))
        return both / (np.prod(a[2:]) + np.prod(b[2:]) - both)

    def test_boxes_of_upstream(tmp_path):
        boxes, classes, scores, count = ssd(tmp_path, harness.SHARED / "inputs/images/cats_and_dogs.jpg")
        assert count[0] == 10
        names = (harness.SHARED / "inputs/labels/coco_90.txt").read_text(encoding="utf-8").splitlines()
        y0, x0, y1, x1 = (boxes[0] * np.array([600, 1200, 600, 1200])).T  # the picture is 1200 x 600
        found = np.stack([x0, y0, x1 - x0, y1 - y0], 1)
        # Another resizing of the picture moves scores by some hundredths and boxes by some pixels.
        for name, score, box in [("cat", 0.644531, (54, 396, 393, 196)), ("cat", 0.609375, (602, 157, 394, 447)),
                                 ("cat", 0.5625, (259, 394, 181, 209)), ("dog", 0.5, (387, 197, 281, 409))]:
            near = [k for k in range(10) if names[int(classes[0, k])] == name and overlap(found[k], np.array(box)) > 0.85]
            assert near, f"no {name} at {box}; found {found}"
            assert abs(scores[0, near[0]] - score) < 0.05

    def test_equals_litert(tmp_path):
        case = harness.Case("ssd_mobilenet_v1_coco_uint8", "-", "-")
        for seed in (0, 1):
            try:
                inputs, references = harness.litert(case, harness.random_inputs(seed))
            except harness.NoReference as reason:
                pytest.skip(str(reason))
            np.save(tmp_path / "picture.npy", inputs[0])
            for ours, reference in zip(ssd(tmp_path, tmp_path / "picture.npy"), references):
                np.testing.assert_allclose(ours.reshape(-1), reference.values, rtol=0, atol=1e-5)


if CASE == "hears_the_meow":

    def test_meow(tmp_path):
        model = harness.convert(harness.Case("yamnet_wave_int8", "-", "-"), tmp_path)
        with wave.open(str(harness.SHARED / "inputs/audio/meow_16k.wav")) as clip:
            assert clip.getframerate() == 16000 and clip.getnchannels() == 1 and clip.getsampwidth() == 2
            samples = np.frombuffer(clip.readframes(clip.getnframes()), np.int16) / np.float32(32768)
        windows = [samples[at:at + 15600] for at in range(0, samples.size - 15600 + 1, 7800)]
        scores = harness.stream(model, [np.stack(windows).astype(np.float32)], tmp_path)[0].reshape(len(windows), 521).mean(0)
        names = (harness.SHARED / "inputs/labels/yamnet_521.txt").read_text(encoding="utf-8").splitlines()
        top = [names[k] for k in np.argsort(-scores)[:5]]
        print("meow_16k.wav:", ", ".join(f"{names[k]} {scores[k]:.2f}" for k in np.argsort(-scores)[:5]))
        assert any("Cat" in name for name in top) and any("Meow" in name for name in top), top


if CASE == "segments_the_picture":

    def intersection_over_union(ours, theirs):
        return np.count_nonzero(ours & theirs) / np.count_nonzero(ours | theirs)

    def test_mask(tmp_path):
        image = pytest.importorskip("PIL.Image")
        model = harness.convert(harness.Case("deeplabv3_257_float", "-", "-"), tmp_path)
        picture = harness.SHARED / "inputs/images/segmentation_input.jpg"
        harness.command(harness.BIN / "inlay", "run", model, "-i", picture, "--mean", "127.5", "--std", "127.5", "-o", tmp_path / "out")
        classes = np.load(tmp_path / "out/out_0.npy")[0].argmax(-1)
        # Upstream's map holds ten times the class.
        golden = np.asarray(image.open(harness.SHARED / "inputs/images/segmentation_golden.png")) // 10
        assert classes.shape == golden.shape == (257, 257)
        ious = {int(c): intersection_over_union(classes == c, golden == c) for c in np.unique(golden)}
        print("segmentation_input.jpg: IoU by class", {c: round(v, 4) for c, v in ious.items()})
        assert min(ious.values()) > 0.9, ious
