"""Which rows of Table 2 count as adapters: a map learned from the text embedding makes their semantic table.

Base reads no text, LLMInit only starts its IDs from it, and AlphaFuse's projection is frozen; SpecTran is what the
paper holds against adapters.
"""

#: Row in the printed tables: the map.
ADAPTERS = {
    "MoRec": "a dense layer with GELU",
    "UniSRec": "a mixture of linear experts",
    "LLM-ESR": "two linear layers",
    "RLMRec": "a network of two layers",
    "WhitenRec": "a network on whitened text",
}


def why() -> str:
    """Which methods count as adapters and why, in a sentence."""
    maps = ", ".join(f"{row} ({how})" for row, how in ADAPTERS.items())
    return f"Adapters are the methods whose semantic table a trained map of the text makes: {maps}."
