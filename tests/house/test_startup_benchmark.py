from pathlib import Path

from tidegate.tests.house.measuring import measured


def test_the_startup_benchmark_measures_each_subject_against_bare_python(tmp_path: Path) -> None:
    document = measured("startup", "--runs", "1", "--data", tmp_path)
    measures = {item["name"]: item for item in document["measures"]}
    assert measures["bare Python"]["ratio"] == 1
    assert {"tidegate --help", "tidegate --version", "tidegate gate, empty range"} <= set(measures)
    assert all(item["milliseconds"] > 0 for item in measures.values())
    assert (tmp_path / "startup-repository" / ".git").is_dir()
