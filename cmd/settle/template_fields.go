package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/settle-go/settle/recipe"
)

// fields are those that a template finds in the report, by name.
type fields map[string]bool

func reportFields() fields {
	known := fields{}
	for field := range reflect.TypeFor[report]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		known[name] = true
	}
	return known
}

// check refuses what asks the report for a field that it does not have. whole: the dot is the report, or that of one of
// several tasks; elsewhere, within with and range, nobody knows.
func (f fields) check(node parse.Node, whole bool) (err error) {
	switch n := node.(type) {
	case *parse.ListNode:
		for i := 0; n != nil && i < len(n.Nodes) && err == nil; i++ {
			err = f.check(n.Nodes[i], whole)
		}
	case *parse.PipeNode:
		for i := 0; n != nil && i < len(n.Cmds) && err == nil; i++ {
			err = f.check(n.Cmds[i], whole)
		}
	case *parse.CommandNode:
		for i := 0; i < len(n.Args) && err == nil; i++ {
			err = f.check(n.Args[i], whole)
		}
	case *parse.ActionNode:
		err = f.check(n.Pipe, whole)
	case *parse.TemplateNode:
		err = f.check(n.Pipe, whole)
	case *parse.ChainNode:
		err = f.check(n.Node, whole)
	case *parse.IfNode:
		err = f.branch(&n.BranchNode, whole, whole)
	case *parse.WithNode:
		err = f.branch(&n.BranchNode, whole, false)
	case *parse.RangeNode:
		err = f.branch(&n.BranchNode, whole, n.Pipe.String() == ".tasks")
	case *parse.FieldNode:
		if whole {
			err = f.has(n.Ident[0])
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			err = f.has(n.Ident[1])
		}
	}
	return err
}

// branch is check of if, with and range; within: the dot of what they hold is a report.
func (f fields) branch(n *parse.BranchNode, whole, within bool) error {
	err := f.check(n.Pipe, whole)
	if err == nil {
		err = f.check(n.List, within)
	}
	if err == nil {
		err = f.check(n.ElseList, whole)
	}
	return err
}

func (f fields) has(name string) error {
	if f[name] {
		return nil
	}
	known := slices.Sorted(maps.Keys(f))
	if near := recipe.Nearest(name, known); near != "" {
		return &spokenError{problem: said("there is no field %q; did you mean .%s?", name, near)}
	}
	return &spokenError{problem: said("there is no field %q; there are %s", name, listing(known))}
}
