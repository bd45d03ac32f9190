"""Memory running out, which shows in more than one kind of exception."""

import sys

#: What torch's allocator for CPUs, C++, CUDA and cuBLAS say in a RuntimeError; else lack of memory has its own type.
NO_MEMORY = ("can't allocate memory", "bad_alloc", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory ran out, main memory or a GPU's."""
    # Not imported here: Snakemake reads the ledger of failures, and torch takes a second and more.
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
