"""No tree of a model that was read from a file may lead outside of its own arrays.

scikit-learn follows the node numbers and feature numbers of a tree without a check, so a forged
one reads memory that is not its own, or runs for ever. A tree is taken where every child comes
after its parent and inside the array, and every feature is one that the model is given.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .versions import ESTIMATOR, ModelRefused

if TYPE_CHECKING:
    import numpy as np

_MAX_DEPTH = 40
"""Of the objects in a model, far above what the trusted types nest."""


def refuse_wild_trees(estimator: object) -> None:
    """Raises ModelRefused where a tree inside leads outside, or is shaped as no tree is."""
    for tree, features in _trees(estimator, 0, 0):
        name = type(tree).__name__
        try:
            why = (_wild_tree if name == "Tree" else _wild_predictor)(tree, features)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            why = "it has not the arrays of a tree"
        if why:
            raise ModelRefused(
                f"{ESTIMATOR} is refused: a tree of it is malformed ({why})", "train it anew"
            )


def _trees(held: object, features: int, depth: int) -> Iterator[tuple[Any, int]]:
    """Every tree with the number of features that its owner is given."""
    if depth > _MAX_DEPTH:
        raise ModelRefused(f"{ESTIMATOR} is refused: it nests too deep", "train it anew")
    if type(held).__name__ in ("Tree", "TreePredictor"):
        yield held, features
        return
    features = _feature_count(held, features)
    for part in _parts(held):
        yield from _trees(part, features, depth + 1)


def _feature_count(held: object, inherited: int) -> int:
    told = getattr(held, "__dict__", {}).get("n_features_in_", inherited)
    return told if isinstance(told, int) else 0


def _parts(held: object) -> Iterator[object]:
    import numpy as np

    if isinstance(held, dict):
        yield from held.values()
    elif isinstance(held, list | tuple | set):
        yield from held
    elif isinstance(held, np.ndarray):
        yield from held.ravel() if held.dtype == object else ()
    else:
        yield from getattr(held, "__dict__", {}).values()


def _wild_tree(tree: Any, features: int) -> str:  # noqa: ANN401 - sklearn.tree._tree.Tree
    if tree.n_features != features:
        return f"it is of {tree.n_features} features, its model of {features}"
    count = tree.node_count
    if tree.value.shape[0] != count or tree.children_left.shape != (count,):
        return "its arrays differ in length"
    leaf = tree.children_left == -1
    if not (leaf == (tree.children_right == -1)).all():
        return "a node has one child"
    inner = ~leaf
    return _wild_nodes(
        tree.children_left[inner],
        tree.children_right[inner],
        tree.feature[inner],
        inner,
        features,
    )


def _wild_predictor(tree: Any, features: int) -> str:  # noqa: ANN401 - scikit-learn's, unexported
    nodes = tree.nodes
    if nodes["is_categorical"].any():
        return "it splits by category, which no model of ours does"
    inner = nodes["is_leaf"] == 0
    split = nodes[inner]
    return _wild_nodes(split["left"], split["right"], split["feature_idx"], inner, features)


def _wild_nodes(
    left: "np.ndarray[Any, Any]",
    right: "np.ndarray[Any, Any]",
    feature: "np.ndarray[Any, Any]",
    inner: "np.ndarray[Any, Any]",
    features: int,
) -> str:
    import numpy as np

    count = len(inner)
    if count == 0:
        return "it has no node"
    parents = np.flatnonzero(inner)
    for children in (left.astype(np.int64), right.astype(np.int64)):
        if ((children <= parents) | (children >= count)).any():
            return "a child is outside of it or before its parent"
    if ((feature < 0) | (feature >= features)).any():
        return f"it asks for a feature beyond the {features} that its model is given"
    return ""
