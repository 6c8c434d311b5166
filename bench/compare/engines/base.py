# SPDX-License-Identifier: Apache-2.0
"""What every peer is: one loaded model. A library is imported only in a worker, by library()."""
import importlib.metadata


class CannotConvert(Exception):
    """The peer cannot have this model; the text says why."""


class Engine:
    key = ""           # on the command line
    title = ""         # in the table
    distribution = ""  # its package

    @classmethod
    def version(cls):
        """The installed version, or None."""
        try:
            return importlib.metadata.version(cls.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    @classmethod
    def convert(cls, tflite, cache):
        """The model file this peer loads, made from a .tflite file, through the cache. Raises CannotConvert."""
        raise NotImplementedError

    @classmethod
    def library(cls):
        """Imports the library; not part of the load time, as that of a program linked with it would not be."""

    def __init__(self, model, threads, inputs):
        """Loads and prepares, so that run() can follow. `inputs`: [{"dtype", "shape"}] as Inlay sees them."""
        raise NotImplementedError

    def set_input(self, index, array):
        raise NotImplementedError

    def run(self):
        """One inference on the inputs that were set; nothing else."""
        raise NotImplementedError

    def outputs(self):
        """The outputs of the last run as arrays, in model order."""
        raise NotImplementedError
