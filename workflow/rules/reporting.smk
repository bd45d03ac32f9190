"""reporting: every cell's files -> tidy frames -> tables, figures, verdicts -> one page."""

from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.files import (
    AUDIT_FILES,
    STATISTICS_FILES,
    graph_files,
)
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES

SHOWN_TABLES, SHOWN_FIGURES = shown(TABLES, STUDY), shown(FIGURES, STUDY)
TEMPLATES = [
    workflow.source_path(f"../../report/{name}")
    for name in (
        "page.html.j2",
        "table.html.j2",
        "audit.html.j2",
        "macros.html.j2",
        "style.css",
    )
]
PUBLISHED = [
    workflow.source_path(f"../../config/published/{name}.csv")
    for name in (
        "table1",
        "table2",
        "table2_improvement_percent",
        "table3",
        "table4",
        "table5",
        "table6",
    )
]


rule reporting_gather:
    input:
        cells=cell_files(*CELLS_READ),
        parts=part_files,
        controls=control_files("ranks.parquet"),
        comparisons=collect(f"{RESULTS}/statistics/{{name}}", name=STATISTICS_FILES),
        audits=collect(
            f"{RESULTS}/audit/{{dataset}}/{{name}}",
            dataset=STUDY.datasets,
            name=AUDIT_FILES,
        ),
        statistics=collect(
            f"{RESULTS}/data/{{name}}/statistics.json", name=STUDY.datasets
        ),
        diagnostics=collect(
            f"{RESULTS}/spectra/{{name}}/{STUDY.encoder.name}/diagnostics.json",
            name=STUDY.datasets,
        ),
        graphs=[f"{RESULTS}/{name}" for name in graph_files(STUDY)],
    output:
        FRAME_FILES,
        provenance=FRAMES_RECORD,
    log:
        f"{RESULTS}/logs/reporting/gather.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/gather.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=30,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: reading all cells"
    script:
        "../scripts/reporting_gather.py"


rule reporting_tables:
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
        templates=TEMPLATES,
    output:
        csv=collect(f"{REPORT}/tables/{{name}}.csv", name=SHOWN_TABLES),
        tex=collect(f"{REPORT}/tables/{{name}}.tex", name=SHOWN_TABLES),
        html=[
            report(
                f"{REPORT}/tables/{name}.html",
                caption="../../report/captions/table.rst",
                category="Tables",
                labels={"table": table.title},
            )
            for name, table in SHOWN_TABLES.items()
        ],
        provenance=f"{REPORT}/tables/tables.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/tables.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/tables.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: tables"
    script:
        "../scripts/reporting_tables.py"


rule reporting_figures:
    """All of them in one job: starting Python and matplotlib takes longer than drawing one."""
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
    output:
        svg=[
            report(
                f"{REPORT}/figures/{name}.svg",
                caption="../../report/captions/figure.rst",
                category="Figures",
                labels={"figure": figure.title},
            )
            for name, figure in SHOWN_FIGURES.items()
        ],
        pdf=collect(f"{REPORT}/figures/{{name}}.pdf", name=SHOWN_FIGURES),
        csv=collect(f"{REPORT}/figures/{{name}}.csv", name=SHOWN_FIGURES),
        provenance=f"{REPORT}/figures/figures.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/figures.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/figures.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: figures"
    script:
        "../scripts/reporting_figures.py"


rule reporting_claims:
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
    output:
        report(
            f"{REPORT}/claims.json",
            caption="../../report/captions/claims.rst",
            category="Claims",
        ),
        provenance=f"{REPORT}/claims.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/claims.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/claims.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: judging the claims"
    script:
        "../scripts/reporting_claims.py"


rule reporting_audit:
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
        templates=TEMPLATES,
    output:
        page=report(
            f"{REPORT}/audit.html",
            caption="../../report/captions/audit.rst",
            category="Audit",
        ),
        record=f"{REPORT}/audit.json",
        provenance=f"{REPORT}/audit.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/audit.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/audit.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: auditing the printed tables"
    script:
        "../scripts/reporting_audit.py"


rule reporting_page:
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
        templates=TEMPLATES,
        claims=f"{REPORT}/claims.json",
        audit=f"{REPORT}/audit.html",
        tables=collect(f"{REPORT}/tables/{{name}}.csv", name=SHOWN_TABLES),
        figures=collect(f"{REPORT}/figures/{{name}}.svg", name=SHOWN_FIGURES),
    output:
        report(
            f"{REPORT}/index.html",
            caption="../../report/captions/page.rst",
            category="Report",
        ),
        provenance=f"{REPORT}/index.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/page.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/page.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
        stored=STORED,
    message:
        "reporting: writing the page"
    script:
        "../scripts/reporting_page.py"


rule reporting_complete:
    """The last job. It fails where a cell has failed, once all else is done, so that the exit status says so."""
    input:
        frames=FRAMES_READ,
        published=PUBLISHED,
        page=f"{REPORT}/index.html",
    output:
        complete=f"{REPORT}/complete.json",
        provenance=f"{REPORT}/complete.provenance.json",
    log:
        f"{RESULTS}/logs/reporting/complete.log",
    benchmark:
        f"{RESULTS}/benchmarks/reporting/complete.tsv"
    localrule: True
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "reporting: is anything missing?"
    script:
        "../scripts/reporting_complete.py"
