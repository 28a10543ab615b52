package command

import (
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"diapason/assets/words"
	"diapason/storage"
)

// grammar is the command line. What each part does is said in the translations, under "command.help." and
// "command.flag.", so that the help speaks the user's language; a test finds the parts without words.
type grammar struct {
	Workspace string `name:"workspace" placeholder:"command.value.folder"`
	JSON      bool   `name:"json"`
	Lang      string `name:"lang" enum:"fr,en" default:"fr" placeholder:"command.value.lang"`
	Help      bool   `name:"help" short:"h"`

	Window windowCommand `cmd:"" default:"1" hidden:""`
	Demo   demoCommand   `cmd:""`
	Import struct {
		Establishments importEstablishments `cmd:""`
	} `cmd:""`
	Export struct {
		Establishments exportEstablishments `cmd:""`
	} `cmd:""`
	Sync    syncCommand `cmd:""`
	Account struct {
		Add       accountAdd       `cmd:""`
		Change    accountChange    `cmd:""`
		Reconnect accountReconnect `cmd:""`
		List      accountList      `cmd:""`
		Test      accountTest      `cmd:""`
		Enable    accountEnable    `cmd:""`
		Accept    accountAccept    `cmd:""`
		Disable   accountDisable   `cmd:""`
		Remove    accountRemove    `cmd:""`
	} `cmd:""`
	Schedule struct {
		List    scheduleList    `cmd:""`
		Enable  scheduleEnable  `cmd:""`
		Disable scheduleDisable `cmd:""`
	} `cmd:""`
	Agenda   agendaCommands   `cmd:""`
	Contacts contactsCommands `cmd:""`
	Serve    serveCommand     `cmd:""`
	Status   statusCommand    `cmd:""`
	Journal  journalCommand   `cmd:""`
	Undo     undoCommand      `cmd:""`
	Backup   backupCommand    `cmd:""`
	Restore  restoreCommand   `cmd:""`
	Verify   verifyCommand    `cmd:""`
	Version  versionCommand   `cmd:""`
}

// runner is one command.
type runner interface{ Run(s *session) error }

// parser makes kong's parser of the grammar; kong itself prints nothing and never ends the process.
func parser(g *grammar) (*kong.Kong, error) {
	return kong.New(g, kong.Name("diapason"), kong.NoDefaultHelp(), kong.Writers(io.Discard, io.Discard),
		kong.Exit(func(int) {}))
}

// parse reads the arguments. The command is nil when the help was asked for and printed.
func (s *session) parse() (runner, error) {
	var g grammar
	k, err := parser(&g)
	if err != nil {
		return nil, err
	}
	if hasFlag(s.program.Args, "--help") || hasFlag(s.program.Args, "-h") {
		return nil, s.help(k, s.program.Args)
	}
	parsed, err := k.Parse(s.program.Args)
	if err != nil {
		return nil, misuse(err)
	}
	s.json = g.JSON
	s.dir = g.Workspace
	if s.dir == "" {
		s.dir = s.program.Getenv("DIAPASON_WORKSPACE")
	}
	command, ok := reflect.Value(parsed.Selected().Target).Addr().Interface().(runner)
	if !ok {
		return nil, errors.New("command without Run: " + parsed.Command())
	}
	return command, nil
}

// mistake is one of kong's messages and our sentence for it; the groups of the pattern are the sentence's arguments, in
// the order of names.
type mistake struct {
	pattern *regexp.Regexp
	problem func(found []string) *storage.Problem
}

var mistakes = []mistake{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`), func(f []string) *storage.Problem {
		if f[2] != "" {
			return storage.NewProblem("command.unknownFlagLike", "flag", f[1], "like", unquoted(f[2]))
		}
		return storage.NewProblem("command.unknownFlag", "flag", f[1])
	}},
	{regexp.MustCompile(`^unexpected argument (.+?)(?:, did you mean (?:one of )?(.+)\?)?$`), func(f []string) *storage.Problem {
		if f[2] != "" {
			return storage.NewProblem("command.unknownCommandLike", "command", f[1], "like", unquoted(f[2]))
		}
		return storage.NewProblem("command.unknownCommand", "command", f[1])
	}},
	{regexp.MustCompile(`^missing flags: (.+)$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.missingFlag", "flags", regexp.MustCompile(`=[^, ]+`).ReplaceAllString(f[1], ""))
	}},
	{regexp.MustCompile(`^expected one of (.+)$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.missingCommand", "commands", unquoted(f[1]))
	}},
	{regexp.MustCompile(`^expected "(<.+>).*"$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.missingArgument", "argument", argumentsIn(f[1]))
	}},
	{regexp.MustCompile(`^expected "(.+?)[ "].*$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.missingCommand", "commands", f[1])
	}},
	{regexp.MustCompile(`^(--\S+) and (--\S+) can't be used together$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.together", "one", f[1], "other", f[2])
	}},
	{regexp.MustCompile(`^(--[a-z-]+)\S* must be one of (.+) but got "(.*)"$`), func(f []string) *storage.Problem {
		return storage.NewProblem("command.notOneOf", "flag", f[1], "values", unquoted(f[2]), "value", f[3])
	}},
	{regexp.MustCompile(`^(--[a-z-]+)\S*: `), func(f []string) *storage.Problem {
		return storage.NewProblem("command.flagValue", "flag", f[1])
	}},
}

// misuse puts kong's error into a problem that both languages have words for.
func misuse(err error) *storage.Problem {
	text := err.Error()
	for _, m := range mistakes {
		if found := m.pattern.FindStringSubmatch(text); found != nil {
			return m.problem(found).Because(err)
		}
	}
	return storage.NewProblem("command.notUnderstood", "detail", text).Because(err)
}

// unquoted turns kong's `"a", "b", ...` into `a, b`.
func unquoted(list string) string {
	list = strings.TrimSuffix(strings.ReplaceAll(list, `"`, ""), "...")
	list = strings.ReplaceAll(strings.ReplaceAll(list, ", ", ","), ",", ", ")
	return strings.TrimSuffix(strings.TrimSpace(list), ",")
}

var argumentName = regexp.MustCompile(`<([a-z-]+)>`)

// argumentsIn translates the names of arguments: "<file>" is FICHIER in French.
func argumentsIn(usage string) string {
	return argumentName.ReplaceAllStringFunc(usage, func(name string) string {
		return words.T("command.value." + strings.Trim(name, "<>"))
	})
}
