"""LLM-ESR against plain loops: its item table, its cross-attention, its two losses; and its teachers in packs."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from small import DIM, HISTORY, N_ITEMS, N_USERS, TEXT_DIM, Small, blueprint, data, features, member
from spectran.config.methods import LLMESR
from spectran.config.training import Compute, Evaluation, Training
from spectran.models.layout import Layout, Places
from spectran.models.methods.llm_esr import contrast
from spectran.models.methods.method import Step
from spectran.models.similar_users import similar_users
from spectran.training.pack import PackRun
from two_members import MEMBERS, build, parameter, stir, table_of

HALF = DIM // 2


@pytest.fixture
def text(tmp_path):
    return features(tmp_path)


def test_the_item_table_has_an_id_view_and_a_text_view(text):
    method = stir(build(LLMESR(), text))
    for k in range(2):
        inner = text.embeddings() * math.sqrt(TEXT_DIM) @ parameter(method, "inner.weight", k)
        inner += parameter(method, "inner.bias", k)
        assert inner.shape == (N_ITEMS, TEXT_DIM // 2)
        semantic = inner @ parameter(method, "outer.weight", k) + parameter(method, "outer.bias", k)
        expected = np.hstack([parameter(method, "ids.weight", k)[:-1], semantic])
        assert table_of(method, k) == pytest.approx(expected)
        assert method.semantic_table()[k].detach().numpy() == pytest.approx(semantic)


@pytest.mark.parametrize("scale_start", [True, False])
def test_ids_start_from_the_texts_principal_scores(text, scale_start):
    method = build(LLMESR(scale_start=scale_start), text)
    E = text.embeddings() - text.embeddings().mean(axis=0)
    scores = E @ np.linalg.svd(E)[2][:HALF].T
    for k, one in enumerate(MEMBERS):
        found = parameter(method, "ids.weight", k)[:-1]
        expected = scores * np.sign((found * scores).sum(axis=0))
        assert found == pytest.approx(expected * one.id_scale / expected.std() if scale_start else expected)


def attended(method, name, k, queries, read, allowed):
    """Two heads over one sequence, position by position: queries (T, w) and what they read (T, w)."""
    Q, K, V = (parameter(method, f"{name}.{part}.weight", k) for part in ("query", "key", "value"))
    width, rows = queries.shape[1] // 2, []
    for t in range(len(queries)):
        heads = []
        for h in (slice(0, width), slice(width, None)):
            places = [s for s in range(len(read)) if allowed[t, s]]
            scores = [(queries[t] @ Q[:, h]) @ (read[s] @ K[:, h]) / math.sqrt(width) for s in places]
            weights = np.exp(scores) / np.exp(scores).sum()
            heads.append(sum(w * (read[s] @ V[:, h]) for w, s in zip(weights, places, strict=True)))
        rows.append(np.concatenate(heads))
    return np.array(rows) @ parameter(method, f"{name}.output.weight", k) + parameter(method, f"{name}.output.bias", k)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("fusion_layer", [True, False])
def test_each_view_is_read_with_queries_of_the_other(text, fusion_layer, dense):
    method = stir(build(LLMESR(fusion_layer=fusion_layer), text))
    x = torch.randn(2, 3, 5, DIM, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    allowed = torch.ones(2, 3, 5, 5, dtype=torch.bool).tril()
    allowed[:, 1, :, :2] = False
    allowed |= torch.eye(5, dtype=torch.bool)
    everywhere = Places.of(torch.arange(15).expand(2, -1), 15)
    layout = Layout(allowed[:, :, -1], everywhere, allowed, dense)
    found = layout.grid(method.in_context(x.flatten(1, 2), layout), everywhere).detach().numpy()
    for k in range(2):
        for b in range(3):
            ids, titles = x[k, b, :, :HALF].numpy(), x[k, b, :, HALF:].numpy()
            mask = allowed[k, b].numpy()
            views = [
                attended(method, "text_to_id", k, titles, ids, mask),
                attended(method, "id_to_text", k, ids, titles, mask),
            ]
            expected = np.hstack(views)
            if fusion_layer:
                expected = expected @ parameter(method, "fusion.weight", k) + parameter(method, "fusion.bias", k)
            assert found[k, b] == pytest.approx(expected)


def model_and_step(folder, options):
    model = blueprint(folder, options).build(MEMBERS).eval()
    users = torch.tensor([[3, 0, 17, 39], [8, 2, 2, 30]])
    model.method.begin_epoch(model, data().histories, batch=7)
    return model, Step(model, model.method.item_table(), users, data().histories)


@pytest.mark.parametrize("teacher", ["step", "epoch"])
def test_distillation(tmp_path, teacher):
    model, step = model_and_step(tmp_path, LLMESR(similar_users=3, teacher=teacher, distillation=0.7))
    similar = similar_users(step.histories, model.method.text, 3)
    found = model.method.auxiliary_loss(step)

    def vector(k, user):
        return model.user_vectors(step.histories[user].expand(2, 1, -1), step.table)[k, 0].detach().numpy()

    for k in range(2):
        squares = []
        for user in step.users[k].tolist():
            target = np.mean([vector(k, other) for other in similar[user].tolist()], axis=0)
            squares.append(np.mean((vector(k, user) - target) ** 2))
        assert found[k].item() == pytest.approx(0.7 * np.mean(squares))


def test_only_the_student_gets_gradient(tmp_path):
    model, step = model_and_step(tmp_path, LLMESR(similar_users=3, teacher="step"))
    model.method.auxiliary_loss(step).sum().backward()
    found = model.method.ids.weight.grad.clone()
    similar = similar_users(step.histories, model.method.text, 3)[step.users]
    table = step.table.detach()
    teacher = torch.stack([model.user_vectors(step.histories[similar[..., s]], table) for s in range(3)]).mean(dim=0)
    model.zero_grad()
    student = model.user_vectors(step.histories[step.users], model.method.item_table())
    (0.1 * (student - teacher.detach()).square().mean(dim=(1, 2))).sum().backward()
    torch.testing.assert_close(found, model.method.ids.weight.grad)


def test_the_epochs_teacher_is_encoded_once_an_epoch(tmp_path):
    model, step = model_and_step(tmp_path, LLMESR(similar_users=3, teacher="epoch"))
    first = model.method.auxiliary_loss(step)
    with torch.no_grad():
        model.backbone.norm.weight.mul_(2.0)
    same_teacher = model.method.auxiliary_loss(step)
    model.method.begin_epoch(model, step.histories, batch=7)
    new_teacher = model.method.auxiliary_loss(step)
    assert not torch.allclose(same_teacher, first)
    assert not torch.allclose(same_teacher, new_teacher)
    torch.testing.assert_close(new_teacher, model_and_step_loss_of_step_teacher(tmp_path, model, step))


def model_and_step_loss_of_step_teacher(folder, model, step):
    """What the step's teacher gives for the same parameters."""
    other, _ = model_and_step(folder, LLMESR(similar_users=3, teacher="step"))
    other.load_state_dict(model.state_dict())
    return other.method.auxiliary_loss(replace(step, model=other))


def plain_contrast(x, y):
    """The authors' loss in their own terms, for rows that are all real."""
    targets = np.exp((x @ x.T + y @ y.T) / 2)
    targets /= targets.sum(axis=1, keepdims=True)

    def cross_entropy(logits, soft):
        return -(soft * (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))).sum(axis=1)

    return ((cross_entropy(x @ y.T, targets) + cross_entropy(y @ x.T, targets.T)) / 2).mean()


def test_item_alignment_is_over_the_items_of_the_steps_histories(tmp_path):
    model, step = model_and_step(tmp_path, LLMESR(distillation=0.0, item_alignment=0.5))
    stir(model.method)
    step = replace(step, table=model.method.item_table())
    found = model.method.auxiliary_loss(step)
    for k in range(2):
        items = [i for user in step.users[k].tolist() for i in step.histories[user].tolist() if i < N_ITEMS]
        assert len(items) < 4 * HISTORY, "the example must have padding"
        rows = step.table[k, items].detach().numpy()
        assert found[k].item() == pytest.approx(0.5 * plain_contrast(rows[:, HALF:], rows[:, :HALF]))


def test_padding_has_no_part_in_the_contrast():
    x, y = torch.randn(2, 1, 5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    real = torch.tensor([[True, False, True, True, False]])
    x.requires_grad_()
    loss = contrast(x, y, real)
    assert loss.item() == pytest.approx(plain_contrast(*(part[0, real[0]].detach().numpy() for part in (x, y))))
    loss.sum().backward()
    assert x.grad.isfinite().all()
    assert (x.grad[0, ~real[0]] == 0).all()


def test_both_losses_can_be_off(tmp_path):
    model, step = model_and_step(tmp_path, LLMESR(distillation=0.0))
    assert model.method.auxiliary_loss(step) is None


def test_two_views_of_two_heads_need_a_multiple_of_four():
    assert "multiple of 4" in LLMESR().fits(6)
    assert LLMESR().fits(16) is None


EVERYTHING = LLMESR(teacher="epoch", similar_users=4, item_alignment=0.1, fusion_layer=True)
PACK = [member(0, dropout=0.3), member(1, dropout=0.0, learning_rate=3e-2), member(2, id_scale=1.0)]


def test_members_may_leave_a_pack_whose_users_are_encoded_once_an_epoch(tmp_path):
    training = Training(batch=16, epochs=10, patience=1, negatives=5)
    small = Small(tmp_path, EVERYTHING, training=training, compute=Compute(device="cpu", pack=3))
    packed = small.schedule("packed").train(PACK)
    single = replace(small, compute=Compute(device="cpu", pack=1)).schedule("single").train(PACK)
    assert len({len(packed[one].rows) for one in PACK}) > 1, "the example must have members that stop apart"
    for one in PACK:
        for row, other in zip(packed[one].rows, single[one].rows, strict=True):
            assert row == pytest.approx(other, rel=1e-8)


def test_a_resumed_run_encodes_its_users_again(tmp_path):
    small = Small(tmp_path, EVERYTHING)
    unbroken, broken = (
        PackRun(small.schedule().blueprint, tuple(PACK), data(), small.training, Evaluation()) for _ in range(2)
    )
    for _ in range(2):
        unbroken.advance()
    broken.advance()
    broken.save(tmp_path / "checkpoint", "fingerprint")
    resumed = PackRun.resume(
        tmp_path / "checkpoint", "fingerprint", small.schedule().blueprint, data(), small.training, Evaluation()
    )
    resumed.advance()
    assert len(data().histories) == N_USERS
    for (name, one), other in zip(unbroken.model.named_parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other), name
