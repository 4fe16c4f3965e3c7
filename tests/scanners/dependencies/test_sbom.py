"""Bills of materials as tools write them, and as nobody does."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.dependencies.locks.sbom import read_sbom
from tidegate.scanners.dependencies.pins import Dependencies, Origin
from tidegate.tests.scanners.dependencies.locks import A


def cyclonedx(*components: Any, **more: Any) -> Dependencies:
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components} | more
    return read_sbom(json.dumps(document, indent=1).encode(), "bom.json")


def spdx(*packages: Any, **more: Any) -> Dependencies:
    document = {"spdxVersion": "SPDX-2.3", "packages": packages} | more
    return read_sbom(json.dumps(document, indent=1).encode(), "app.spdx.json")


def reference(purl: Any) -> dict[str, Any]:
    kind = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl"}
    return {"name": "heron", "externalRefs": [kind | {"referenceLocator": purl}]}


@pytest.mark.parametrize(
    ("purl", "name", "version"),
    [
        ("pkg:pypi/heron@1.0", "heron", "1.0"),
        ("pkg:PyPI/Heron_Two@1.0%2Blocal?extra=x#sub", "heron-two", "1.0+local"),
        ("pkg://pypi/heron@1%211.0", "heron", "1!1.0"),
    ],
)
def test_purls_of_both_formats(purl: str, name: str, version: str) -> None:
    for found in (cyclonedx({"type": "library", "purl": purl}), spdx(reference(purl))):
        assert [(pin.name, pin.version) for pin in found.pins] == [(name, version)]
        assert not found.skipped
        assert found.pins[0].line > 1


def test_nested_components_and_digests_and_lines() -> None:
    hashes = [{"alg": "SHA-256", "content": "a" * 64}, {"alg": 1}]
    inner = {"type": "library", "purl": "pkg:pypi/tern@2", "hashes": hashes}
    found = cyclonedx({"type": "application", "components": [inner]})
    [pin] = found.pins
    assert pin.digests == {A}
    assert not found.skipped


def test_other_ecosystems_and_operating_systems_are_left_out() -> None:
    found = cyclonedx(
        {"type": "library", "purl": "pkg:npm/heron@1"},
        {"type": "operating-system", "name": "debian"},
        {"type": "file", "name": "x"},
    )
    assert (found.pins, found.skipped) == ((), ())
    assert spdx(reference("pkg:deb/debian/x@1")) == Dependencies((), ())


@pytest.mark.parametrize(
    ("purl", "reason"),
    [
        ("pkg:pypi/heron", "dependency without a version"),
        ("pkg:pypi/", "lock file not understood"),
        ("pkg:pypi/@1", "lock file not understood"),
        ("heron", "lock file not understood"),
        ("pkg:pypi/heron@1?vcs_url=git%2Bhttps://me:pa55@h/x", "dependency from an address"),
        ("pkg:pypi/heron@1?download_url=https://me:pa55@h/x.whl", "dependency from an address"),
    ],
)
def test_purls_that_name_no_release_are_gaps(purl: str, reason: str) -> None:
    for found in (cyclonedx({"type": "library", "purl": purl}), spdx(reference(purl))):
        [skipped] = found.skipped
        assert skipped.reason.startswith(reason)
        assert "pa55" not in repr(found)


def test_another_index_is_kept() -> None:
    found = cyclonedx({"purl": "pkg:pypi/heron@1?repository_url=https://h/simple"})
    assert (found.pins[0].source.origin, found.pins[0].source.place) == (
        Origin.INDEX,
        "https://h/simple",
    )


def test_libraries_without_a_purl_are_gaps_and_the_product_is_none() -> None:
    found = cyclonedx({"type": "library", "name": "heron", "version": "1"}, 7)
    assert [each.reason for each in found.skipped] == ["component without a package URL"] * 2
    product = {"name": "app", "SPDXID": "SPDXRef-1"}
    assert spdx(product, documentDescribes=["SPDXRef-1"]) == Dependencies((), ())
    relation = {"relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-1"}
    assert spdx(product, relationships=[relation]) == Dependencies((), ())
    assert len(spdx(product).skipped) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "{", "\0", '{"bomFormat": "CycloneDX", "components": 3}'),
        *('{"spdxVersion": "SPDX-3.0"}', '{"spdxVersion": "SPDX-2.3", "packages": {}}'),
        '{"bomFormat": "CycloneDX", "components": [], "components": []}',
        '{"bomFormat": "CycloneDX", "components": ' + '[{"components": ' * 10_000,
        "[" * 10_000,
    ],
)
def test_what_is_none_is_one_gap(text: str) -> None:
    found = read_sbom(text.encode(), "bom.json")
    [skipped] = found.skipped
    assert (found.pins, skipped.reason) == ((), "bill of materials not understood")
    assert "CycloneDX" in skipped.remedy


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=9) | st.just("pkg:pypi/a@1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["purl", "type", "name", "components", "hashes", "externalRefs", "referenceType"]
            ),
            inner,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ODD, max_size=4))
def test_nothing_in_it_takes_the_reader_down(components: list[Any]) -> None:
    for found in (cyclonedx(*components), spdx(*components)):
        assert all(each.path for each in found.skipped)
    assert len(spdx(*components).skipped) + len(spdx(*components).pins) >= len(components)
