package command

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"diapason/assets/words"
)

// help prints the help of the command that the arguments name, on standard output, in the user's language.
func (s *session) help(k *kong.Kong, args []string) error {
	node := k.Model.Node
	for _, a := range args {
		for _, child := range node.Children {
			if child.Name == a && !child.Hidden {
				node = child
				break
			}
		}
	}
	_, err := fmt.Fprint(s.program.Stdout, helpOf(node))
	return err
}

// helpOf writes the page of one command, or of the whole program.
func helpOf(node *kong.Node) string {
	var b strings.Builder
	b.WriteString(words.T("command.help.usage", "command", usageOf(node)) + "\n\n")
	b.WriteString(words.T(helpKey(node)) + "\n")
	rows := func(title string, pairs [][2]string) {
		if len(pairs) == 0 {
			return
		}
		b.WriteString("\n" + title + "\n")
		t := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
		for _, p := range pairs {
			fmt.Fprintf(t, "  %s\t%s\n", p[0], p[1]) //nolint:errcheck // a strings.Builder takes everything
		}
		t.Flush() //nolint:errcheck // as above
	}
	var commands, flags [][2]string
	for _, leaf := range node.Leaves(true) {
		commands = append(commands, [2]string{usageOf(leaf), words.T(helpKey(leaf))})
	}
	for n := node; n != nil; n = n.Parent {
		for _, f := range n.Flags {
			flags = append(flags, [2]string{flagUsage(f), words.T("command.flag." + f.Name)})
		}
	}
	rows(words.T("command.help.commands"), commands)
	rows(words.T("command.help.flags"), flags)
	return b.String()
}

// usageOf gives the path and the arguments: "diapason import establishments FILE".
func usageOf(node *kong.Node) string {
	parts := []string{node.Name}
	for n := node.Parent; n != nil; n = n.Parent {
		parts = append([]string{n.Name}, parts...)
	}
	for _, p := range node.Positional {
		name := words.T("command.value." + p.Name)
		if !p.Required {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}

func flagUsage(f *kong.Flag) string {
	usage := "--" + f.Name
	if f.Short != 0 {
		usage = "-" + string(f.Short) + ", " + usage
	}
	if f.PlaceHolder != "" && !f.IsBool() {
		usage += " " + words.T(f.PlaceHolder)
	}
	return usage
}

// helpKey is the translation key of a command's sentence: "command.help.import.establishments".
func helpKey(node *kong.Node) string {
	if node.Parent == nil {
		return "command.help.diapason"
	}
	var names []string
	for n := node; n.Parent != nil; n = n.Parent {
		names = append([]string{n.Name}, names...)
	}
	return "command.help." + strings.Join(names, ".")
}
