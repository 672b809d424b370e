# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutants of a Python source: each differs from it by one small change that a thorough test has to notice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.And: "and",
    ast.Or: "or",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitOr: "|",
    ast.BitAnd: "&",
}
# What a module raises about malformed input, of which a comparison with the oracle has none; unit tests are there for it.
INPUT_ERROR = "TritonError"
# Calls and subscripts whose texts are types, or whose arguments only Python's tools read.
TYPING = {"Literal", "TypeVar", "cast", "NewType"}


@dataclass(frozen=True, slots=True)
class Function:
    """The outermost function around a change, with the lines of its body."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where it is, what it does, and the tree with it."""

    line: int
    statement: int
    function: Function | None
    change: str
    tree: ast.Module


@dataclass(frozen=True, slots=True)
class _Site:
    """A place in a list or a field of a node, with what to put there."""

    holder: ast.AST
    field: str
    index: int | None
    new: ast.AST
    change: str
    line: int
    statement: int
    function: Function | None

    def get(self) -> Any:
        value = getattr(self.holder, self.field)
        return value if self.index is None else value[self.index]

    def put(self, value: Any) -> None:
        if self.index is None:
            setattr(self.holder, self.field, value)
        else:
            getattr(self.holder, self.field)[self.index] = value


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a source. The tree that a mutant carries is only valid until the next one is asked for."""
    tree = ast.parse(source)
    for site in list(_Finder().find(tree)):
        old = site.get()
        new = (
            ast.fix_missing_locations(ast.copy_location(site.new, old))
            if isinstance(site.new, (ast.expr, ast.stmt))
            else site.new
        )
        site.put(new)
        yield Mutant(site.line, site.statement, site.function, site.change, tree)
        site.put(old)


class _Finder:
    """Walks a tree and collects the sites of changes."""

    def __init__(self) -> None:
        self.sites: list[_Site] = []
        self.statement = 0
        self.function: Function | None = None
        self.owner = ""

    def find(self, tree: ast.Module) -> list[_Site]:
        self._body(tree, "body")
        return self.sites

    def _add(self, holder: ast.AST, field: str, index: int | None, new: ast.AST, change: str, line: int) -> None:
        self.sites.append(_Site(holder, field, index, new, change, line, self.statement, self.function))

    def _body(self, holder: ast.AST, field: str) -> None:
        """Statements, one after the other."""
        body: list[ast.stmt] = getattr(holder, field)
        for index, node in enumerate(body):
            self.statement = node.lineno
            if self._is_guard(node):
                continue
            self._drop(holder, field, index, node)
            self._statement(node, first=index == 0 and field == "body")

    @staticmethod
    def _is_guard(node: ast.stmt) -> bool:
        """Whether a statement does nothing but refuse malformed input."""
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
                return name == INPUT_ERROR
            case ast.If(body=[ast.Raise(exc=ast.Call(func=ast.Name(id=name)))], orelse=[]):
                return name == INPUT_ERROR
        return False

    def _drop(self, holder: ast.AST, field: str, index: int, node: ast.stmt) -> None:
        inner = not isinstance(holder, (ast.Module, ast.ClassDef))
        if isinstance(node, (ast.Return, ast.Continue, ast.Break, ast.Raise)):
            if isinstance(holder, (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.match_case)):
                name = type(node).__name__.lower()
                self._add(holder, field, index, ast.Pass(), f"{name} dropped", node.lineno)
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant) and inner:
            self._add(holder, field, index, ast.Pass(), "statement dropped", node.lineno)
        elif isinstance(node, ast.AugAssign):
            self._add(holder, field, index, ast.Pass(), "assignment dropped", node.lineno)

    def _statement(self, node: ast.stmt, *, first: bool) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                outside = self.function
                for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]:
                    self._expression_in(node.args, default)
                self.function = outside or Function(self.owner + node.name, node.body[0].lineno, node.end_lineno or 0)
                self._body(node, "body")
                self.function = outside
            case ast.ClassDef():
                self.owner = f"{node.name}."
                self._body(node, "body")
                self.owner = ""
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                pass
            case ast.Expr(value=ast.Constant(value=str())) if first:
                pass
            case ast.AnnAssign():
                if node.value is not None:
                    self._expression(node, "value", None, node.value)
            case ast.Assign(targets=[ast.Name(id="__slots__" | "__all__")]):
                pass
            case _:
                self._children(node)

    def _children(self, node: ast.AST) -> None:
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._body(node, field)
            elif isinstance(value, list):
                for index, one in enumerate(value):
                    if isinstance(one, ast.AST):
                        self._expression(node, field, index, one)
            elif isinstance(value, ast.AST):
                self._expression(node, field, None, value)

    def _expression_in(self, holder: ast.arguments, node: ast.expr) -> None:
        for field in ("defaults", "kw_defaults"):
            values: list[Any] = getattr(holder, field)
            for index, one in enumerate(values):
                if one is node:
                    self._expression(holder, field, index, node)

    def _expression(self, holder: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
        line = getattr(node, "lineno", self.statement)
        if (
            field == "test"
            or (isinstance(holder, ast.comprehension) and field == "ifs")
            or (isinstance(holder, ast.match_case) and field == "guard")
        ):
            self._condition(holder, field, index, node, line)
        match node:
            case ast.Constant():
                self._constant(holder, field, index, node, line)
            case ast.Compare():
                self._comparison(holder, field, index, node, line)
            case ast.BoolOp():
                other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
                new = ast.BoolOp(op=other, values=node.values)
                self._add(holder, field, index, new, f"{_sign(node.op)} -> {_sign(other)}", line)
            case ast.BinOp(op=op) if type(op) in OPERATIONS and not _is_format(node):
                other_op = OPERATIONS[type(op)]()
                new_op = ast.BinOp(left=node.left, op=other_op, right=node.right)
                self._add(holder, field, index, new_op, f"{_sign(op)} -> {_sign(other_op)}", line)
            case ast.UnaryOp(op=ast.Not()):
                self._add(holder, field, index, node.operand, "not dropped", line)
            case ast.Call(func=ast.Name(id=name)) | ast.Subscript(value=ast.Name(id=name)) if name in TYPING:
                if name == "cast" and isinstance(node, ast.Call):
                    self._expression(node, "args", 1, node.args[1])
                return
            case _:
                pass
        self._children(node)

    def _condition(self, holder: ast.AST, field: str, index: int | None, node: ast.AST, line: int) -> None:
        assert isinstance(node, ast.expr)
        if not isinstance(node, (ast.Compare, ast.UnaryOp)):
            self._add(holder, field, index, ast.UnaryOp(op=ast.Not(), operand=node), "condition negated", line)
        for value in (True, False):
            if not (isinstance(holder, ast.While) and value):
                self._add(holder, field, index, ast.Constant(value=value), f"condition is always {value}", line)

    def _comparison(self, holder: ast.AST, field: str, index: int | None, node: ast.Compare, line: int) -> None:
        for place, op in enumerate(node.ops):
            for other in COMPARISONS[type(op)]:
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                new = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
                self._add(holder, field, index, new, f"{_sign(op)} -> {SIGNS[other]}", line)

    def _constant(self, holder: ast.AST, field: str, index: int | None, node: ast.Constant, line: int) -> None:
        value = node.value
        others: tuple[Any, ...] = ()
        if isinstance(value, bool):
            others = (not value,)
        elif isinstance(value, int):
            others = (value + 1, value - 1)
        elif isinstance(value, str):
            # A text that is only part of another one changes as well.
            others = (f"{value}X",) if value else ("X",)
        for other in others:
            self._add(holder, field, index, ast.Constant(value=other), f"{value!r:.40} -> {other!r:.41}", line)


def _is_format(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)


def _sign(op: ast.AST) -> str:
    return SIGNS[type(op)]
