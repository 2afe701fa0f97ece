"""A short run of `make fidelity`."""

import pytest

from tests.fidelity.subjects import DOCUMENTS, ROOT, subjects, try_out

CASES = 12


@pytest.mark.parametrize("spec", [ROOT / "asyncapi.yaml", *DOCUMENTS], ids=lambda spec: spec.stem)
def test_models_and_schemas_agree(spec, tmp_path):
    with subjects(spec, tmp_path / "out") as found:
        assert found
        for subject in found:
            try_out(subject, CASES)
