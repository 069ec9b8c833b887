"""Keras told to run 50 steps in one call, which its defaults don't."""
from . import net_keras
from .net_keras import PACKAGE, generate, train  # noqa: F401

net_keras.STEPS_PER_EXECUTION = 50
