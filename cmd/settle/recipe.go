package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/settle-go/settle/internal/term"
	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

const exampleRecipe = `  # jobs.yaml: an API with GET /api/jobs/ID, which answers {"job": {"phase": "Running", "percent": 40}}
  name: acme/jobs
  title: Jobs of our build farm
  docs: "https://wiki.acme.lab/jobs, version 2"
  proof: {mock: "answers copied from the wiki"}
  target:
    url:   {help: address of the farm, example: "https://farm.acme.lab", env: [FARM_URL]}
    token: {secret: true, env: [FARM_TOKEN]}
  auth: {header: {Authorization: "Bearer {token}"}}
  status:
    request: {get: "{url}/api/jobs/{id}"}
    state: .job.phase                 # jq, over the answer
    pending: [Queued, Running]        # what the raw states mean
    succeeded: Done
    failed: [Failed, "*Error"]
    progress: .job.percent / 100
    reason: .job.message
  result: .job.artifacts
  actions:
    job.start:
      help: start a job
      params: {name: {help: of the job, example: nightly}}
      request: {post: "{url}/api/jobs", json: '{name: $name}'}
      id: .job.id`

func (a *app) recipeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recipe",
		Short: "What settle knows of platforms; describe your own",
		Long: `A recipe says how one platform's tasks are asked for, what the answers mean, and what can be started. Many are
built in. One of your own is a file:

` + exampleRecipe + `

Write it (settle recipe show easyops/tool --yaml prints one to begin with), and go by these steps:

  settle recipe check jobs.yaml                                    # all faults, with line, column and what would work
  settle recipe try jobs.yaml 42 url=https://farm.acme.lab         # asks once; shows what each expression found
  settle wait --recipe jobs.yaml 42                                # with FARM_URL and FARM_TOKEN in the environment
  settle target add farm https://farm.acme.lab --recipe jobs.yaml  # keeps both; from then on: settle wait farm/42

Files in the recipes folder of your settings are found by their name, before those that are built in. An editor
that knows JSON Schema completes the keys: settle recipe schema.`,
		Example: `  settle recipe list
  settle recipe show smartx
  settle recipe check jobs.yaml
  settle recipe try jobs.yaml 42 --target farm`,
	}
	cmd.AddCommand(a.recipeListCommand(), a.recipeShowCommand(), a.recipeCheckCommand(), a.recipeTryCommand(), a.recipeSchemaCommand())
	return a.group(cmd)
}

// group makes of cmd one that only has others below it.
func (a *app) group(cmd *cobra.Command) *cobra.Command {
	cmd.DisableFlagsInUseLine = true
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return a.unknownCommand(cmd, args[0])
	}
	return cmd
}

func (a *app) recipeSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of recipes, for editors",
		Long: `settle recipe schema prints the JSON Schema (2020-12) of recipes. In an editor with the YAML language server, save
it beside your recipe and begin that with:

  # yaml-language-server: $schema=recipe.schema.json`,
		Example: `  settle recipe schema >recipe.schema.json`,
		Args:    a.noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.stdout, "%s\n", strings.TrimRight(string(recipe.Schema()), "\n"))
			return err
		},
	}
}

func (a *app) noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("arguments", said("there is nothing to name"), asIs(cmd.CommandPath()))
	}
	return nil
}

// recipesFolder is where a person's own recipes are.
func recipesFolder() (string, error) {
	settings, err := target.Folder(os.Getenv)
	return filepath.Join(settings, recipe.FolderName), err
}

// allRecipes returns the built-in recipes with a person's own in front of those of the same name, by name, and the files
// with faults that were left out.
func allRecipes() (all []*recipe.Recipe, faulty []string, err error) {
	folder, err := recipesFolder()
	if err != nil {
		return nil, nil, err
	}
	files, err := recipe.FilesIn(folder)
	if err != nil {
		return nil, nil, err
	}
	all = recipe.Library()
	for _, file := range files {
		r, err := recipe.ParseFile(file)
		if err != nil {
			faulty = append(faulty, file)
			continue
		}
		all = slices.DeleteFunc(all, func(other *recipe.Recipe) bool { return other.Name == r.Name })
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *recipe.Recipe) int { return strings.Compare(a.Name, b.Name) })
	return all, faulty, nil
}

// isOwn reports whether a recipe is a person's own.
func isOwn(r *recipe.Recipe) bool { return filepath.IsAbs(r.File) }

// recipeOf is the recipe that a person names, or the one in the file that they do.
func recipeOf(nameOrFile string) (*recipe.Recipe, error) {
	if isRecipeFile(nameOrFile) {
		return recipe.ParseFile(nameOrFile)
	}
	folder, err := recipesFolder()
	if err != nil {
		return nil, err
	}
	r, err := recipe.FindIn(folder, nameOrFile)
	if err != nil && isUnknown(err) {
		if info, notThere := os.Stat(nameOrFile); notThere == nil && !info.IsDir() {
			return recipe.ParseFile(nameOrFile)
		}
	}
	return r, err
}

func isRecipeFile(text string) bool {
	return strings.HasSuffix(text, ".yaml") || strings.HasSuffix(text, ".yml") || strings.HasPrefix(text, ".") || filepath.IsAbs(text)
}

// faultsOf takes apart what Parse returns.
func faultsOf(err error) []error {
	if joined, isJoined := err.(interface{ Unwrap() []error }); isJoined {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// table lays out what stdout gets: as wide as its terminal, of any width elsewhere.
func (a *app) table() term.Table {
	file, isFile := a.stdout.to.(*os.File)
	if !a.terminal || !isFile {
		return term.Table{}
	}
	screen := term.Detect(file, os.Getenv)
	width := screen.Width()
	if width <= 0 {
		width = 80
	}
	return term.Table{Width: width, Wide: screen.Wide}
}

func refusedBy(err error) *recipe.Error {
	refused, _ := errors.AsType[*recipe.Error](err)
	return refused
}
