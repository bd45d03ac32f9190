"""Every rule declares the record of its jobs, and no two jobs share one."""

import re

from workflow_runs import ROOT

COMMON = ROOT / "workflow/rules/common.smk"
#: Two sources of one dataset, of which one is active: what a new one makes takes the old one's place, record and all.
SHARED = {("data_parse", "data_import")}


def records() -> dict[str, str]:
    """The place of each rule's record, as the rule spells it; "" where it declares none."""
    found = {}
    frames = re.search(r"^FRAMES_RECORD = (.*)$", COMMON.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for rule in re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            outputs = re.search(r"^    output:\n((?:        .*\n)+)", rule, flags=re.MULTILINE)
            text = re.sub(r"\bFRAMES_RECORD\b", frames[1], outputs[1]) if outputs else ""
            place = re.search(r'^        provenance=f"(.*)",$', text, flags=re.MULTILINE)
            found[rule.split(":")[0]] = place[1] if place else ""
    return found


def test_every_rule_has_a_record():
    assert {name for name, place in records().items() if not place.endswith("provenance.json")} == set()


def test_no_two_rules_share_one():
    places = list(records().items())
    shared = {(a, b) for number, (a, x) in enumerate(places) for b, y in places[:number] if x == y}
    assert {tuple(sorted(pair)) for pair in shared} == {tuple(sorted(pair)) for pair in SHARED}


def test_a_record_tells_apart_all_that_the_rule_s_outputs_do():
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for rule in re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            outputs = re.search(r"^    output:\n((?:        .*\n)+)", rule, flags=re.MULTILINE)[1]
            wildcards = set(re.findall(r"{{(\w+)}}|{(CELL|CONTROL)}", outputs)) - {("name", "")}
            place = records()[rule.split(":")[0]]
            assert set(re.findall(r"{{(\w+)}}|{(CELL|CONTROL)}", place)) == wildcards, rule.split(":")[0]


def test_every_script_leaves_one():
    for script in sorted((ROOT / "workflow/scripts").glob("[a-z]*.py")):
        text = script.read_text(encoding="utf-8")
        assert re.search(r"^(with job|with findings_job|cell_job)\(snakemake", text, flags=re.MULTILINE), script.name
