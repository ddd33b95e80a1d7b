// Command settle waits for asynchronous tasks: it asks where a task stands until it has ended, and says so by its exit
// code.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"text/template"

	"github.com/settle-go/settle"
	"github.com/settle-go/settle/httptask"
	"github.com/settle-go/settle/internal/journal"
	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// An app is one run of the command: what it reads, where it writes, and what holds for all its commands.
type app struct {
	stdin    io.Reader
	stdout   *sink     // what is printed there has been masked
	stderr   io.Writer // what passes is masked
	child    stdio     // of -- COMMAND, which may show what it likes
	terminal bool      // stdout is one
	piped    bool      // stdout is a pipe
	secrets  *target.Secrets
	options  term.Options // of the display
	signals  *listener
	args     []string // as they were typed
	noHelp   error    // --help was asked for what is no command: cobra takes no error from a help function

	output   string             // -o: its form
	template *template.Template // of -o template=; nil: there is none
	quiet    bool               // -q
	settings *settings          // SETTLE_* and config.yaml

	urls    *httptask.Client      // asks all URLs; nil: there is none
	opened  map[string]*installed // targets, and recipes at what the environment says
	learned map[string]*lesson    // by kind of task

	stored      *journal.Journal // nil: it was not asked for yet
	toldNotKept bool             // that there is no journal
	demoing     bool             // the task API ends with this process
}

type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// run is the command from its arguments to its exit code. Nothing else reads the environment.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	log.SetOutput(io.Discard) // net/http would write into the display what a server says out of turn
	secrets := new(target.Secrets)
	masked := secrets.Writer(guarded(stderr))
	defer masked.Close()
	a := &app{
		stdin: stdin, stdout: &sink{to: stdout}, stderr: masked,
		child:    stdio{stdin, stdout, stderr},
		terminal: term.IsTerminal(stdout),
		piped:    isPipe(stdout),
		secrets:  secrets,
		opened:   map[string]*installed{},
		learned:  map[string]*lesson{},
		args:     args,
		output:   outputOf(args), // for what goes wrong before the flags are read
	}
	if file, ok := stderr.(*os.File); ok {
		a.options = term.Detect(file, os.Getenv)
	}
	a.options.Out = a.stderr
	defer func() {
		if bug := recover(); bug != nil {
			code = a.bug(bug, debug.Stack())
		}
	}()
	ctx, signals := listen(context.Background())
	defer signals.stop()
	a.signals = signals
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return a.written(a.exit(cmp.Or(err, a.noHelp)))
}

// exit says what went wrong, where that has not been said, and returns the exit code.
func (a *app) exit(err error) int {
	if err == nil {
		return exitSucceeded
	}
	refusal := report{Outcome: settle.OutcomeInvalid, ExitCode: exitInvalid, Error: err.Error()}
	var ended *exitError
	if errors.As(err, &ended) {
		if ended.err == nil {
			return ended.code
		}
		refusal.Outcome, refusal.ExitCode, refusal.Error = outcomeWith(ended.code), ended.code, ended.err.Error()
	}
	if refused := refusedBy(err); refused != nil {
		refusal.Hint = refused.Hint
	}
	a.complainOf(err)
	a.printReport(refusal)
	told := refusal
	told.Error, told.Hint = a.inWords(err)
	a.announce(told)
	return refusal.ExitCode
}

// complain writes an error and what would work to stderr.
func (a *app) complain(problem, hint string) {
	fmt.Fprintf(a.stderr, "settle: %s\n", term.Clean(problem))
	if hint != "" {
		a.hint(hint)
	}
}

// hint writes what would work to stderr.
func (a *app) hint(text string) { fmt.Fprintln(a.stderr, term.Clean(a.say(words.hint, text))) }

func (a *app) bug(what any, stack []byte) int {
	problem := fmt.Sprintf("this is a bug in settle: %v", what)
	fmt.Fprintf(a.stderr, "settle: %s\n%s", problem, stack)
	a.printReport(report{Outcome: outcomeInternal, ExitCode: exitInternal, Error: problem})
	return exitInternal
}

// root is the whole tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "settle",
		Short: "Wait for asynchronous tasks, anywhere",
		Long: `settle asks where a task stands until it has ended, through lost connections, at the right moments, with a limit, and
says by its exit code how it ended. A task that is not finished, or that could not be asked about, is never called
failed.

A TASK is TARGET/ID, RECIPE/ID (its login comes from the environment), a handle of settle list, or a URL with --state.
Results go to stdout, all else to stderr; -o json is for programs. settle COMMAND --help says more of each.`,
		Example: `  settle demo                                            # see it wait
  settle target add tower smartx https://tower.lab       # name a platform, once
  settle submit tower snapshot.create vm=web-07 name=s1  # start a task, and wait
  settle wait tower/ckx2p0z3k00a1                        # wait for a running one
  settle list                                            # lost the terminal?
  settle resume                                          # and go on waiting
  settle wait -f tasks.txt                               # fifty, one a line
  settle wait tower/9f3c tower/77b0 --any -o json        # until one succeeds
  if settle wait tower/9f3c; then ./deploy.sh; fi        # in a script
  settle wait github/OWNER/REPO/RUN --timeout 20m        # in CI, by GITHUB_TOKEN
  settle wait https://ci.lab/api/run/7                   # any API
  settle wait --pending-exit 75 -- ./is-it-ready.sh      # any command`,
		Args:          cobra.ArbitraryArgs,
		Version:       versionLine(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(a.flagRefused)
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(a.waitCommand(), a.submitCommand(), a.checkCommand(),
		a.resumeCommand(), a.listCommand(), a.showCommand(), a.cancelCommand(),
		a.targetCommand(), a.recipeCommand(), a.historyCommand(), a.configCommand(),
		a.demoCommand(), a.completionCommand(), a.environmentCommand(), a.versionCommand())
	a.arrange(root)
	a.complete(root)
	if len(a.args) > 0 && a.args[0] == cobra.ShellCompRequestCmd {
		walk(root, unquoted)
	}
	return root
}

// outputOf finds the last -o in arguments that may not be readable as a whole; "" where it is none of the forms.
func outputOf(args []string) (form string) {
	for i, arg := range args {
		value := ""
		short := strings.TrimLeft(strings.TrimPrefix(arg, "-"), "qv") // flags that may stand before it, without values
		switch {
		case arg == "--":
			return form
		case (arg == "--output" || strings.HasPrefix(arg, "-") && short == "o") && i+1 < len(args):
			value = args[i+1]
		case strings.HasPrefix(arg, "--output="):
			value = strings.TrimPrefix(arg, "--output=")
		case strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.HasPrefix(short, "o"):
			value = strings.TrimPrefix(short[1:], "=")
		default:
			continue
		}
		if form = ""; slices.Contains(outputForms, value) || isTemplate(value) {
			form = value
		}
	}
	return form
}
