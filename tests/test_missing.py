"""What a plan has to name: files that are gone, and one of a folder that is not there yet."""

from pathlib import Path

from spectran.missing import missing_files

FILES = [f"cells/{cell}/{name}" for name in ("ranks", "trials", "choice") for cell in ("a", "b", "c", "d")]


def test_of_a_folder_with_nothing_the_first_file_and_else_what_is_gone(tmp_path: Path):
    for there in ("a/ranks", "a/trials", "a/choice", "b/ranks", "b/other", "c/other"):
        (tmp_path / "cells" / there).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cells" / there).touch()
    missing = missing_files(FILES, lambda path: str(tmp_path / path))
    # a is whole, of b two are gone, c has a file that nobody asks for, and d is not there
    assert missing == ["cells/b/trials", "cells/b/choice", "cells/c/ranks", "cells/d/ranks"]
    # where other jobs ask for each folder's first file, those with none of theirs need no naming
    assert missing_files(FILES, lambda path: str(tmp_path / path), asked=True) == ["cells/b/trials", "cells/b/choice"]


def test_names_are_those_of_the_rules_wherever_the_files_are(tmp_path: Path):
    assert missing_files(["results/x/file"], lambda path: f"{tmp_path}/prefix/{path}") == ["results/x/file"]
    assert missing_files([]) == []
