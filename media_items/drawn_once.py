"""What templates say to everybody alike is drawn once for each language (docs/adr/0049).

When a template is read, each run of nodes that depend on nothing but the language becomes one node
that remembers what it drew: text, `{% translate %}`, `{% static %}`, `{% url %}` and icons, where
all that they are given are literals. Whatever reads a variable, and every kind of node that is not
named here, is drawn each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    TextNode,
    TokenType,
    Variable,
    VariableNode,
)
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, IncludeNode
from django.template.loaders import base, cached
from django.template.smartif import TokenBase
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from media_items.addresses import AddressNode

_SAID_TO = "media_items.drawn_once.said_to"


def of_language_alone[F: Callable[..., Any]](tag: F) -> F:
    """Says of a simple tag that nothing but the language and what it is given change its text."""
    tag.is_of_language_alone = True  # type: ignore[attr-defined]
    return tag


class DrawnOnce(Node):
    """A run of nodes, and what it says in each language."""

    child_nodelists = ()

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = NodeList(nodes)
        # No more than the languages of the site: a browser's are looked for among those.
        self._drawn: dict[tuple[str | None, str, bool], SafeString] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {list(self.nodes)!r}>"

    def render(self, context: Context) -> SafeString:
        # Addresses are escaped where the page is.
        key = *_said_to(context), context.autoescape
        if (drawn := self._drawn.get(key)) is None:
            drawn = self._drawn[key] = self.nodes.render(context)
        return drawn


def _said_to(context: Context) -> tuple[str | None, str]:
    """The language, and what addresses begin with: looked up once while a template is drawn, which
    `render_context` is for. What `{% language %}` is around has no runs."""
    said_to: tuple[str | None, str] | None = context.render_context.get(_SAID_TO)
    if said_to is None:
        said_to = context.render_context[_SAID_TO] = get_language(), get_script_prefix()
    return said_to


class _Whole(NodeList):
    """The nodes of a template, which looks for its blocks once: every page that extends it, and
    each that extends such a page, asks for them whenever it is drawn."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self._blocks = super().get_nodes_by_type(BlockNode)

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        if nodetype is BlockNode:
            return self._blocks
        return super().get_nodes_by_type(nodetype)


class _ReadingLoader(base.Loader):
    """Finds the runs of a template that was read, before it is kept and others draw it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._under_way = threading.local()

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        if not self.engine.debug:
            above = getattr(self._under_way, "names", ())
            self._under_way.names = (*above, template_name)
            try:
                _Runs(self.engine, self._under_way.names).join(template.nodelist)
            finally:
                self._under_way.names = above
            template.nodelist = _Whole(template.nodelist)
        return template


class Loader(cached.Loader, _ReadingLoader):
    """Django's own that keeps templates. With DEBUG, nothing is drawn once."""


@dataclass(frozen=True)
class _Given:
    """The variables that are literals: those of an `{% include … with … %}`.

    `alone`: by its `only` there are no others.
    """

    names: frozenset[str] = frozenset({"True", "False", "None"})
    alone: bool = False


class _Runs:
    """Finds them in a list of nodes, in all lists within, and in what these include."""

    def __init__(self, engine: Engine, being_read: tuple[str, ...]) -> None:
        self._engine, self._being_read = engine, being_read
        # By their very type: a class that inherits from one of them may read more.
        self._depends_on: dict[type[Node], Callable[[Any, _Given], bool]] = {
            TextNode: lambda node, given: True,
            DrawnOnce: lambda node, given: True,
            CommentNode: lambda node, given: True,
            LoadNode: lambda node, given: True,
            VariableNode: lambda node, given: _is_known(node.filter_expression, given),
            StaticNode: lambda node, given: not node.varname and _is_known(node.path, given),
            TranslateNode: _is_known_sentence,
            BlockTranslateNode: _is_plain_sentence,
            URLNode: _is_known_address,
            AddressNode: _is_known_address,
            SimpleNode: _is_known_tag,
            IfNode: self._is_known_choice,
            WithNode: self._is_known_with,
            IncludeNode: self._is_known_part,
        }

    def join(self, nodes: NodeList) -> None:
        """In place: blocks and partials are known to others by their very list."""
        joined: list[Node] = []
        run: list[Node] = []
        for node in nodes:
            if self._is_known(node, _Given()):
                run.append(node)
                continue
            joined += [*_as_one(run), node]
            run = []
            for part in _lists_within(node):
                self.join(part)
        nodes[:] = [*joined, *_as_one(run)]

    def _is_known(self, node: Node, given: _Given) -> bool:
        """Whether it says the same to all who read a language, where `given` alone is known."""
        test = self._depends_on.get(type(node))
        return test is not None and test(node, given)

    def _are_known(self, nodes: Iterable[Node], given: _Given) -> bool:
        return all(self._is_known(node, given) for node in nodes)

    def _is_known_choice(self, node: IfNode, given: _Given) -> bool:
        return all(
            _is_known_condition(condition, given) and self._are_known(part, given)
            for condition, part in node.conditions_nodelists
        )

    def _is_known_with(self, node: WithNode, given: _Given) -> bool:
        within = _Given(given.names | node.extra_context.keys(), given.alone)
        return _are_known(node.extra_context.values(), given) and self._are_known(
            node.nodelist, within
        )

    def _is_known_part(self, node: IncludeNode, given: _Given) -> bool:
        name = node.template.var
        is_named = isinstance(name, str) and not node.template.filters
        if not is_named or name in self._being_read:
            return False
        if not _are_known(node.extra_context.values(), given):
            return False
        try:
            part = self._engine.get_template(name)
        except TemplateDoesNotExist:
            return False
        alone = node.isolated_context or given.alone
        within = _Given(given.names | node.extra_context.keys(), alone)
        return self._are_known(part.nodelist, within)


def _as_one(run: list[Node]) -> list[Node]:
    """One node for all; what only says its text, or nothing, is as quick as it is."""
    if all(type(node) in {TextNode, CommentNode, LoadNode} for node in run):
        return run
    return [DrawnOnce(run)]


def _lists_within(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [part for _condition, part in node.conditions_nodelists]
    if isinstance(node, LanguageNode):
        return []
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return [part for part in found if isinstance(part, NodeList)]


# --- what is known of a node that is given literals -----------------------------------------------


def _is_known(value: FilterExpression | None, given: _Given) -> bool:
    """A literal, or a variable that stands for one; whatever a filter does is not known."""
    if value is None:
        return True
    if value.filters:
        return False
    is_literal = not isinstance(value.var, Variable) or value.var.lookups is None
    return is_literal or given.alone or value.var.lookups[0] in given.names


def _are_known(values: Iterable[FilterExpression | None], given: _Given) -> bool:
    return all(_is_known(value, given) for value in values)


def _is_known_condition(condition: TokenBase | None, given: _Given) -> bool:
    """None is `{% else %}`, and an operator that has one side only has no other."""
    if condition is None:
        return True
    if condition.id == "literal":
        return _is_known(condition.value, given)
    return all(_is_known_condition(side, given) for side in (condition.first, condition.second))


def _is_known_sentence(node: TranslateNode, given: _Given) -> bool:
    return not node.asvar and _are_known([node.filter_expression, node.message_context], given)


def _is_plain_sentence(node: BlockTranslateNode, given: _Given) -> bool:
    """Nothing is put into it, and it is not counted."""
    is_plain = all(token.token_type == TokenType.TEXT for token in node.singular)
    is_alone = not (node.asvar or node.plural or node.extra_context)
    return is_plain and is_alone and _is_known(node.message_context, given)


def _is_known_address(node: URLNode, given: _Given) -> bool:
    """No app of Foyer is installed twice, so the page that asks makes no difference to it."""
    values = [node.view_name, *node.args, *node.kwargs.values()]
    return not node.asvar and _are_known(values, given)


def _is_known_tag(node: SimpleNode, given: _Given) -> bool:
    is_such = getattr(node.func, "is_of_language_alone", False) and not node.takes_context
    values = [*node.args, *node.kwargs.values()]
    return is_such and node.target_var is None and _are_known(values, given)
