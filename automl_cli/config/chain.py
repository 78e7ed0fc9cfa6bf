"""A file and everything it extends, down to a preset or to nothing."""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.config.mistakes import Mistake
from automl_cli.config.presets import DEFAULT_PRESET, PRESETS, hint_preset, preset_path
from automl_cli.config.tree import Layer, Node, as_mapping, stack_layers, to_plain
from automl_cli.config.yaml_reader import read_file
from automl_cli.core.errors import ConfigError
from automl_cli.core.user_file import is_file


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    label: str
    is_preset: bool = False


def read_chain(path: Path | None, preset: str | None) -> Layer:
    """Return what a file says over what it extends.

    Parameters
    ----------
    path
        The user's file, or None.
    preset
        The preset to start from, whatever the files extend; None: as they say, else medium.

    Raises
    ------
    ConfigError
        If a file cannot be read, or there is no such preset.
    """
    base = _find_preset(preset or DEFAULT_PRESET)
    source: _Source | None = base if path is None else _find_file(path)
    layers: list[Layer] = []
    read: list[_Source] = []
    while source is not None:
        layer, extends = _take_extends(read_file(source.path, source.label))
        read.append(source)
        below = _find_below(read, extends, base, forced=preset is not None)
        if isinstance(below, Mistake):  # go on from the base: more mistakes may wait below
            layer = Layer(layer.tree, (*layer.mistakes, below))
            below = None if source.is_preset else base
        layers.append(layer)
        source = below
    return stack_layers(reversed(layers))


def _find_preset(name: str) -> _Source:
    return _Source(preset_path(name), f"preset {name}", is_preset=True)


def _find_file(path: Path) -> _Source:
    if str(path) in PRESETS and not path.exists():
        raise ConfigError(f"{path}: no such file.", hint=f"Presets have a flag: --preset {path}.")
    return _Source(path, str(path))


def _take_extends(layer: Layer) -> tuple[Layer, Node | None]:
    """Split ``extends`` from the rest: it says how to read a file, not what to run."""
    rest = dict(as_mapping(layer.tree))
    extends = rest.pop("extends", None)
    return Layer(Node(rest, layer.tree.origin), layer.mistakes), extends


def _find_below(
    read: list[_Source], extends: Node | None, base: _Source, *, forced: bool
) -> _Source | Mistake | None:
    """Return what the file read last lies on; a preset that is `forced` replaces the file's."""
    user_file = not read[-1].is_preset
    if extends is None or extends.value is None:
        return base if user_file and (forced or extends is None) else None
    name = extends.value
    if isinstance(name, str) and name in PRESETS:
        return base if user_file and forced else _find_preset(name)
    return _find_file_below(read, extends)


def _find_file_below(read: list[_Source], extends: Node) -> _Source | Mistake:
    name = str(to_plain(extends))
    path = read[-1].path.parent / name
    if not is_file(path):
        return _make_mistake(extends, f"no such preset or file: {name!r}.", hint_preset(name))
    if path.resolve() not in [source.path.resolve() for source in read]:
        return _Source(path, str(path))
    circle = " > ".join(source.label for source in (*read, _Source(path, str(path))))
    return _make_mistake(
        extends, f"files extend each other in a circle: {circle}.", "Break the circle."
    )


def _make_mistake(extends: Node, problem: str, hint: str) -> Mistake:
    return Mistake(where=extends.origin, key_path=("extends",), problem=problem, hint=hint)
