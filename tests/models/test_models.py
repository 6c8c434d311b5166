# SPDX-License-Identifier: Apache-2.0
"""Real models against the stored reference outputs and against LiteRT. Run by run.py, which names the case."""
import os

import numpy as np
import pytest

import harness

CASE = os.environ["INLAY_CASE"]
CASES = [case for case in harness.cases() if case.name == CASE]
BY_NAME = {case.name: case for case in harness.cases()}


def check(case, model, inputs, references, folder):
    ours = harness.run(model, inputs, folder)
    for index, reference in enumerate(references):
        difference = harness.compare(case.rule, reference.pick_from(ours), reference.values)
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
