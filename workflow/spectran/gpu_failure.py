"""A GPU that fails or goes away, which torch says in many words of others."""

#: What the messages of CUDA, cuBLAS and cuDNN start with or hold; lack of memory is `exhaustion`'s.
WORDS = ("CUDA error:", "CUBLAS_STATUS_", "CUDNN_STATUS_", "No CUDA GPUs are available", "CUDA unknown error")


def gpu_failure(error: BaseException) -> str | None:
    """What to say of an exception that means a failed GPU; None for any other.

    torch's message goes on for five lines about debugging; its first one says what happened.
    """
    if not isinstance(error, RuntimeError) or not any(words in str(error) for words in WORDS):
        return None
    first = str(error).strip().splitlines()[0]
    return f"the GPU failed or went away: {first}; see nvidia-smi, then start again: work goes on from its checkpoint"
