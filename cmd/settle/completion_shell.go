package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// The shells that completion is for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Have your shell complete commands, targets, actions and handles",
		Long: `settle completion prints the script that has bash, zsh, fish or PowerShell complete what is typed: commands and
flags, targets, recipes, actions and their parameters, and the handles of what is waited for.

Nothing is asked over the network for it, and no command run that prints a password.`,
		Example: `  source <(settle completion bash)              # bash; in ~/.bashrc for every one that is started
  source <(settle completion zsh)               # zsh; in ~/.zshrc, below compinit
  settle completion fish >~/.config/fish/completions/settle.fish                   # fish
  settle completion powershell | Out-String | Invoke-Expression                    # PowerShell; in $PROFILE`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("arguments", said("name one shell"), said("settle completion bash; or zsh, fish, powershell"))
			}
			return a.printCompletion(cmd.Root(), args[0])
		},
	}
}

func (a *app) printCompletion(root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		if err := root.GenBashCompletionV2(a.stdout, true); err != nil {
			return err
		}
		_, err := fmt.Fprint(a.stdout, bareBash)
		return err
	case "zsh":
		return root.GenZshCompletion(a.stdout)
	case "fish":
		return root.GenFishCompletion(a.stdout, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(a.stdout)
	}
	hint := said("one of %s", listing(shells))
	if near := near(shell, append([]string{"pwsh"}, shells...)); near == "pwsh" {
		hint = didYouMean("powershell")
	} else if near != "" {
		hint = didYouMean(near)
	}
	return usage("shell", said("%s is none that settle completes for", quoted(shell)), hint)
}

// bareBash stands in for what cobra's script takes from the package bash-completion, where that is not installed.
const bareBash = `
# Without the package bash-completion the words are put together here: what "=" and ":" part is one word.
__settle_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local i word blank line=${COMP_LINE:0:COMP_POINT}
    words=() cword=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]} blank=${line%%[![:space:]]*}
        line=${line#"$blank"}
        ((i == COMP_CWORD)) && word=$line
        line=${line#"$word"}
        if [[ i -gt 0 && -z $blank && ( $word == [=:]* || ${COMP_WORDS[i-1]} == *[=:] ) ]]; then
            words[cword]+=$word
        else
            words[++cword]=$word
        fi
    done
    cur=${words[cword]} prev=
    ((cword > 0)) && prev=${words[cword-1]}
    return 0
}

declare -F _filedir >/dev/null || _filedir()
{
    local IFS=$'\n' end
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$cur"))
    for end in ${1//|/$'\n'}; do
        COMPREPLY+=($(compgen -f -X "!*.$end" -- "$cur"))
    done
}
`
