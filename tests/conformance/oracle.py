# SPDX-License-Identifier: Apache-2.0
"""Runs models in other runtimes, each in a child process of its own, so that their crashes are only failures."""

import os
import pickle

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


class OracleError(Exception):
    pass


def _litert(model, steps, kernels, shapes=None):
    from ai_edge_litert import interpreter as litert

    resolver = {
        "default": litert.OpResolverType.AUTO,
        "builtin": litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        "ref": litert.OpResolverType.BUILTIN_REF,
    }[kernels]
    session = litert.Interpreter(model_content=model, experimental_op_resolver_type=resolver, num_threads=1)
    for detail, shape in zip(session.get_input_details(), shapes or []):
        session.resize_tensor_input(detail["index"], shape)
    session.allocate_tensors()
    results = []
    for arrays in steps:
        for detail, array in zip(session.get_input_details(), arrays):
            session.set_tensor(detail["index"], array)
        session.invoke()
        results.append([session.get_tensor(detail["index"]).copy() for detail in session.get_output_details()])
    return results


def _tflm(model, steps):
    from tflite_micro.python.tflite_micro import runtime

    session = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    results = []
    for arrays in steps:
        for i, array in enumerate(arrays):
            session.set_input(array, i)
        session.invoke()
        outputs, i = [], 0
        while True:
            try:
                outputs.append(np.array(session.get_output(i)))
            except IndexError:
                break
            i += 1
        results.append(outputs)
    return results


def _in_child(work):
    """work() in a forked child; its result, or OracleError."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            try:
                answer = ("ok", work())
            except BaseException as error:  # whatever it is, the parent tells it
                answer = ("failed", f"{type(error).__name__}: {error}".replace("\n", " "))
            with os.fdopen(write, "wb") as pipe:
                pickle.dump(answer, pipe)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        blob = pipe.read()
    _, status = os.waitpid(child, 0)
    if not blob:
        raise OracleError(f"the oracle crashed (signal {status & 127})")
    verdict, answer = pickle.loads(blob)
    if verdict != "ok":
        raise OracleError(answer)
    return answer


def fill_shapes(builder):
    """Gives the tensors of a CaseBuilder's main graph the shapes that LiteRT finds for them."""

    def shapes():
        from ai_edge_litert import interpreter as litert

        kernels = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        session = litert.Interpreter(model_content=builder.trial(), experimental_op_resolver_type=kernels)
        session.allocate_tensors()
        return {detail["index"]: detail["shape"].tolist() for detail in session.get_tensor_details()}

    for number, shape in _in_child(shapes).items():
        if number < len(builder.tensors):
            builder.tensors[number].shape = shape


def run(model, steps, kernels="default", shapes=None):
    """Per step the list of output arrays. kernels: "default", "builtin", "ref" (LiteRT) or "tflm". shapes: of the inputs, where
    not as in the file."""
    if kernels == "tflm":
        return _in_child(lambda: _tflm(model, steps))
    return _in_child(lambda: _litert(model, steps, kernels, shapes))
