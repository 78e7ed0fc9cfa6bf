import pytest
from pydantic import BaseModel

from automl_cli.config.diagnosis import known_keys
from automl_cli.config.schema import (
    CandidateConfig,
    DataConfig,
    EnsembleConfig,
    ExecutionConfig,
    FeaturesConfig,
    FileConfig,
    LimitsConfig,
    RunConfig,
    ValidationConfig,
)
from automl_cli.config.show import make_config_schema

SECTIONS = (
    CandidateConfig,
    DataConfig,
    EnsembleConfig,
    ExecutionConfig,
    FeaturesConfig,
    LimitsConfig,
    ValidationConfig,
)


@pytest.mark.parametrize("model", [FileConfig, *SECTIONS])
def test_every_key_is_described_in_a_sentence(model: type[BaseModel]):
    for field in model.model_fields.values():
        assert field.description is not None
        assert field.description.endswith(".")


@pytest.mark.parametrize("model", SECTIONS)
def test_the_json_schema_has_the_keys_of_the_models(model: type[BaseModel]):
    section = make_config_schema()["$defs"][model.__name__]
    assert list(section["properties"]) == list(model.model_fields)
    assert section["additionalProperties"] is False


def test_the_json_schema_adds_only_extends_to_a_config():
    assert set(make_config_schema()["properties"]) == {*RunConfig.model_fields, "extends"}


def test_editors_are_told_the_forms_that_values_may_have():
    schema = make_config_schema()
    assert schema["properties"]["budget"]["type"] == ["string", "number", "null"]
    assert {"const": False, "type": "boolean"} in schema["properties"]["models"][
        "additionalProperties"
    ]["oneOf"]
    assert schema["$defs"]["DataConfig"]["properties"]["task"]["enum"][0] == "auto"


def test_editors_are_told_that_a_list_may_be_added_to():
    schema = make_config_schema()
    whole, added = schema["properties"]["candidates"]["anyOf"]
    assert whole["type"] == "array"
    assert added["properties"]["append"] == whole
    assert "description" in schema["properties"]["candidates"]


def test_known_keys_are_sections_and_what_is_in_them():
    keys = known_keys()
    assert ("metric",) in keys
    assert ("run", "workers") in keys
    assert len(set(keys)) == len(keys)
