#!/usr/bin/env python3
"""Train the 8x8 digit classifier and write every file of this example.

    python train.py                  train, export, write test/ and expected.tsv
    python train.py --evaluate-only  keep the .tflite files, redo the rest

Everything is written next to this script. See README.md for the versions used.
"""
import argparse
import os
import pathlib

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")  # CPU: small and repeatable
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
FLOAT_FILE = HERE / "digits_float.tflite"
INT8_FILE = HERE / "digits_int8.tflite"
TEST_DIR = HERE / "test"

SEED = 7
EPOCHS = 60
BATCH = 32
TEST_SHARE = 0.2       # stratified: 360 of the 1797 images are never trained on
PNGS_PER_DIGIT = 6


# --- data -------------------------------------------------------------------

def load_split():
    """Return (train pixels, train labels, test pixels, test labels, test ids).

    Pixels are bytes, exactly what the PNG files hold; an id is the image's row
    in scikit-learn's data set.
    """
    digits = load_digits()
    pixels = np.rint(digits.images * 255.0 / 16.0).astype(np.uint8)
    rows = np.arange(len(pixels))
    train, test = train_test_split(
        rows, test_size=TEST_SHARE, stratify=digits.target, random_state=SEED)
    test.sort()
    return (pixels[train], digits.target[train],
            pixels[test], digits.target[test], test)


def to_input(pixels):
    """Bytes [n,8,8] -> network input [n,8,8,1], floats in 0..1."""
    return (pixels.astype(np.float32) / np.float32(255.0))[..., np.newaxis]


# --- model ------------------------------------------------------------------

def build_model(batch=None):
    """Stem, one depthwise-separable residual block, one wider conv, classifier."""
    layers = tf.keras.layers
    image = tf.keras.Input((8, 8, 1), batch_size=batch, name="image")
    stem = layers.Conv2D(16, 3, padding="same", activation="relu", name="stem")(image)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu", name="depthwise")(stem)
    x = layers.Conv2D(16, 1, activation="relu", name="pointwise")(x)
    x = layers.Add(name="residual")([stem, x])
    x = layers.MaxPooling2D(2, name="max_pool")(x)              # 8x8 -> 4x4
    x = layers.Conv2D(24, 3, padding="same", activation="relu", name="wide")(x)
    x = layers.AveragePooling2D(2, name="average_pool")(x)      # 4x4 -> 2x2
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(10, name="logits")(x)
    return tf.keras.Model(image, layers.Softmax(name="probabilities")(x), name="digits")


def train(pixels, labels):
    """Fixed number of epochs, cosine decay; no choice is made on the test split."""
    tf.keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    model = build_model()
    steps = EPOCHS * -(-len(pixels) // BATCH)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(4e-3, steps)),
        loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(to_input(pixels), labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    print(f"training accuracy after {EPOCHS} epochs: {history.history['accuracy'][-1]:.4f}")
    return model


# --- export -----------------------------------------------------------------

def export(model, train_pixels):
    """Write the float32 and the full-integer int8 file, both with batch 1."""
    fixed = build_model(batch=1)
    fixed.set_weights(model.get_weights())

    def converter():
        return tf.lite.TFLiteConverter.from_keras_model(fixed)

    FLOAT_FILE.write_bytes(converter().convert())

    def samples():
        for image in to_input(train_pixels):
            yield [image[np.newaxis]]

    to_int8 = converter()
    to_int8.optimizations = [tf.lite.Optimize.DEFAULT]
    to_int8.representative_dataset = samples
    to_int8.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    to_int8.inference_input_type = tf.int8
    to_int8.inference_output_type = tf.int8
    INT8_FILE.write_bytes(to_int8.convert())


# --- evaluation -------------------------------------------------------------

def run_file(path, pixels):
    """Raw output vectors [n,10] of a .tflite file, LiteRT's default kernels."""
    interpreter = tf.lite.Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    values = to_input(pixels)
    if source["dtype"] == np.int8:
        scale, zero = source["quantization"]
        values = np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8)
    outputs = []
    for image in values:
        interpreter.set_tensor(source["index"], image[np.newaxis])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(result["index"])[0].copy())
    return np.array(outputs)


def write_test_images(pixels, labels, ids):
    """The first PNGS_PER_DIGIT test images of each digit, by id; right or wrong."""
    TEST_DIR.mkdir(exist_ok=True)
    for old in TEST_DIR.glob("*.png"):
        old.unlink()
    names = []
    for digit in range(10):
        for k in np.flatnonzero(labels == digit)[:PNGS_PER_DIGIT]:
            name = f"{digit}_{ids[k]}.png"
            Image.fromarray(pixels[k]).save(TEST_DIR / name)
            names.append((name, digit))
    (TEST_DIR / "labels.tsv").write_text("".join(f"{n}\t{d}\n" for n, d in names))
    (HERE / "labels.txt").write_text("".join(f"{d}\n" for d in range(10)))
    return names


def evaluate(pixels, labels, ids):
    """Write test/ and expected.tsv, print the accuracy of both files."""
    names = write_test_images(pixels, labels, ids)
    pictures = np.stack([np.asarray(Image.open(TEST_DIR / name)) for name, _ in names])
    int8, real = run_file(INT8_FILE, pictures), run_file(FLOAT_FILE, pictures)

    lines = ["file\tlabel\tint8_argmax\tfloat_argmax\tint8_output"]
    for (name, digit), q, f in zip(names, int8, real):
        vector = " ".join(str(v) for v in q)
        lines.append(f"{name}\t{digit}\t{q.argmax()}\t{f.argmax()}\t{vector}")
    (HERE / "expected.tsv").write_text("\n".join(lines) + "\n")

    truth = np.array([digit for _, digit in names])
    for title, path, small in (("float", FLOAT_FILE, real), ("int8", INT8_FILE, int8)):
        right = int((run_file(path, pixels).argmax(1) == labels).sum())
        print(f"{title:5}  test PNGs {int((small.argmax(1) == truth).sum())}/{len(truth)}"
              f"   held-out split {right}/{len(labels)} ({100 * right / len(labels):.2f} %)"
              f"   {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluate-only", action="store_true",
                        help="use the .tflite files that are already here")
    options = parser.parse_args()
    train_x, train_y, test_x, test_y, test_ids = load_split()
    if not options.evaluate_only:
        export(train(train_x, train_y), train_x)
    evaluate(test_x, test_y, test_ids)


if __name__ == "__main__":
    main()
