"""A GPU that fails in the middle, simulated by what torch raises: the reason is plain, the checkpoint stays."""

import pytest
import torch

from small import METHODS, Small, member
from spectran.exhaustion import out_of_memory
from spectran.gpu_failure import gpu_failure
from spectran.supervision.failure import Failure, said_of
from spectran.supervision.run import Limits, run
from spectran.training.pack import CHECKPOINT, PackRun

#: As CUDA says it, with what torch adds.
ADVICE = (
    "\nSearch for `cudaError' in the CUDA documentation.\nCUDA kernel errors might be asynchronously reported at some "
    "other API call, so the stacktrace below might be incorrect.\nFor debugging consider passing "
    "CUDA_LAUNCH_BLOCKING=1\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n"
)
LOST = [
    torch.AcceleratorError(f"CUDA error: unspecified launch failure{ADVICE}"),
    torch.AcceleratorError(f"CUDA error: device-side assert triggered{ADVICE}"),
    torch.AcceleratorError(f"CUDA error: the GPU is no longer available (fallen off the bus){ADVICE}"),
    RuntimeError("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb, m, n, k)`"),
    RuntimeError("No CUDA GPUs are available"),
]


@pytest.mark.parametrize("error", LOST, ids=lambda error: str(error).splitlines()[0][:40])
def test_it_is_said_in_one_line_without_advice_for_developers(error: RuntimeError):
    failure = Failure.of(error)
    first = str(error).splitlines()[0]
    assert failure.kind == "error"
    assert (
        failure.reason
        == said_of(error)
        == (f"the GPU failed or went away: {first}; see nvidia-smi, then start again: work goes on from its checkpoint")
    )
    assert "RuntimeError" in failure.traceback or "AcceleratorError" in failure.traceback


@pytest.mark.parametrize(
    "error",
    [torch.AcceleratorError(f"CUDA error: out of memory{ADVICE}"), torch.OutOfMemoryError("CUDA out of memory.")],
)
def test_a_gpu_without_memory_is_not_a_lost_one(error: RuntimeError):
    assert out_of_memory(error)
    assert Failure.of(error).kind == "memory"
    assert "went away" not in Failure.of(error).reason


def test_other_errors_are_no_gpus():
    assert gpu_failure(ValueError("CUDA error: in a title")) is None
    assert gpu_failure(RuntimeError("The size of tensor a")) is None


def test_training_keeps_its_checkpoint_and_a_rerun_goes_on_with_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("spectran.training.schedule.trial", lambda *parts, graphs: None)
    small, one, advance = Small(tmp_path, METHODS["spectran"]), member(0), PackRun.advance
    unbroken = small.schedule("unbroken").train([one])[one]

    def losing(pack: PackRun) -> None:
        if pack.epoch == 2:
            raise LOST[0]
        advance(pack)

    with monkeypatch.context() as patch:
        patch.setattr(PackRun, "advance", losing)
        failure = run(lambda: small.schedule("broken").train([one]), Limits())
    assert failure.kind == "error"
    assert failure.reason.startswith("the GPU failed or went away: CUDA error: unspecified launch failure;")
    assert (tmp_path / "broken" / CHECKPOINT).is_file()
    epochs = []
    monkeypatch.setattr(PackRun, "advance", lambda pack: (epochs.append(pack.epoch), advance(pack)))
    found = small.schedule("broken").train([one])[one]
    assert epochs == [2, 3]
    assert found.rows == unbroken.rows
    assert all(torch.equal(found.state[name], tensor) for name, tensor in unbroken.state.items())
