"""Presets, files, ``--set`` and flags become one checked `RunConfig`.

The stronger comes later: preset chain, file, ``--set``, flags. Mappings are merged key by key,
lists (but for ``{append: [...]}``) and single values are replaced, and every value remembers who
said it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from automl_cli.config.chain import read_chain
from automl_cli.config.diagnosis import diagnose
from automl_cli.config.mistakes import KeyPath, Mistake, Origin, make_error, raise_mistakes
from automl_cli.config.schema import RunConfig
from automl_cli.config.tree import (
    Layer,
    Node,
    add_to_defaults,
    find_origin,
    make_node,
    merge,
    stack_layers,
    to_plain,
)
from automl_cli.config.yaml_reader import read_text
from automl_cli.core.peers import find_key


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConfig:
    """A config and who said what.

    Parameters
    ----------
    config
        The effective values.
    tree
        The values that were said, each with its origin.
    """

    config: RunConfig
    tree: Node

    def where(self, path: KeyPath | str) -> Origin:
        """Return who said a value.

        Parameters
        ----------
        path
            The keys that lead to it, as a tuple, or as text with dots between them.
        """
        return find_origin(self.tree, _split(path))

    def mistake(self, path: KeyPath | str, problem: str, *, hint: str) -> Mistake:
        """Return a mistake about a value, for those who know more than the schema."""
        return Mistake(where=self.where(path), key_path=_split(path), problem=problem, hint=hint)


def load_config(
    path: Path | None = None,
    *,
    preset: str | None = None,
    overrides: Sequence[str] = (),
    flags: Mapping[str, object] | None = None,
) -> LoadedConfig:
    """Return the effective config.

    Parameters
    ----------
    path
        The user's YAML, or None.
    preset
        What to start from instead of what `path` extends; None: as the file says, else medium.
    overrides
        Texts ``key.path=value`` (``--set``); the value is read as YAML.
    flags
        Dotted keys and values of the command line's flags; None means not given.

    Raises
    ------
    ConfigError
        Lists every mistake with its place, and what to do about it.

    Examples
    --------
    >>> loaded = load_config(preset="smoke", overrides=["models.lightgbm.num_leaves=8"])
    >>> loaded.config.models["lightgbm"]
    {'num_leaves': 8}
    >>> str(loaded.where("models.lightgbm.num_leaves"))
    '--set models.lightgbm.num_leaves=8'
    """
    said = stack_layers(
        [
            read_chain(path, preset),
            *(_read_override(text) for text in overrides),
            *(_read_flag(key, value) for key, value in (flags or {}).items()),
        ]
    )
    tree = add_to_defaults(said.tree, RunConfig().model_dump())
    try:
        config = RunConfig.model_validate(to_plain(tree))
    except ValidationError as error:
        raise make_error([*said.mistakes, *diagnose(error, tree)]) from None
    raise_mistakes(said.mistakes)
    return LoadedConfig(config=config, tree=tree)


def add_value(loaded: LoadedConfig, key: str, value: object, *, origin: str) -> LoadedConfig:
    """Return a config with one more value that is known to be right.

    Parameters
    ----------
    loaded
        The config.
    key, value
        A dotted key, and what it says from now on.
    origin
        Who says it.
    """
    tree = merge(loaded.tree, make_node(value, Origin(origin), key.split(".")))
    return LoadedConfig(config=RunConfig.model_validate(to_plain(tree)), tree=tree)


def _read_override(text: str) -> Layer:
    origin = Origin(f"--set {text}")
    key, equals, value = text.partition("=")
    keys = key.strip().split(".")
    if not equals or not all(keys):
        hint = "Write --set key.path=value, such as --set models.catboost.depth=8."
        return _raise_mistake(
            Mistake(where=origin, key_path=(), problem="expected key=value.", hint=hint)
        )
    if find_key(key) == "extends" or keys == ["extends"]:
        hint = "Use --preset NAME, or write extends into a file."
        return _raise_mistake(
            Mistake(
                where=origin,
                key_path=tuple(keys),
                problem="only a file can extend another.",
                hint=hint,
            )
        )
    read = read_text(value, lambda _line: origin)
    return Layer(make_node(to_plain(read.tree), origin, keys), read.mistakes)


def _raise_mistake(mistake: Mistake) -> Layer:
    return Layer(Node({}, mistake.where), (mistake,))


def _read_flag(key: str, value: object) -> Layer:
    keys = _split(key)
    origin = Origin(f"--{str(keys[-1]).replace('_', '-')}")
    return Layer(Node({}, origin) if value is None else make_node(value, origin, key.split(".")))


def _split(path: KeyPath | str) -> KeyPath:
    return tuple(path.split(".")) if isinstance(path, str) else path
