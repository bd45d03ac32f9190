"""What a plan of thousands of cells does without: work that Snakemake repeats for every job, with the same result."""

import atexit
import gc
from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import TypeVar

import smart_open
from snakemake import resources
from snakemake.common import overwrite_function_params

Function = TypeVar("Function", bound=Callable[..., object])


def asked(function: Function) -> Function:
    """A function that every cell's jobs ask: Snakemake looks up its parameters in each call, of tens of thousands."""
    overwrite_function_params(function, signature(function).parameters)
    return function


def plan_quickly() -> None:
    """Spare this process a quarter of what planning takes. What is planned stays the same."""
    # A plan is millions of objects that stay: by default Python looks through them for garbage too often.
    gc.set_threshold(100_000, 50, 50)
    # And once more at the very end, when nobody has any use for what it frees.
    atexit.register(gc.freeze)
    # Each job has the path of its script parsed three times, and there are a few scripts.
    smart_open.parse_uri = cache(smart_open.parse_uri)
    # Each job asks this method for its threads and resources. Early versions 9 have no such class.
    if resource := getattr(resources, "Resource", None):
        _self, *parameters = signature(resource.evaluate).parameters.items()
        overwrite_function_params(resource.evaluate, dict(parameters))
