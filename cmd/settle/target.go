package main

import (
	"os"
	"path/filepath"

	"github.com/settle-go/settle/recipe"
	"github.com/settle-go/settle/target"
	"github.com/spf13/cobra"
)

func (a *app) targetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "target",
		Short: "Your installations: where they are, how to log in",
		Long: `A target is one installation of a platform under a name of yours: settle wait tower/ID, settle submit tower. Targets
stand in targets.yaml in the settings folder ($XDG_CONFIG_HOME/settle, else ~/.config/settle), which only you can
read.`,
		Example: `  settle target add tower smartx https://tower.lab --user ops
  settle target check
  settle target list
  settle target remove tower`,
	}
	cmd.AddCommand(a.targetAddCommand(), a.targetListCommand(), a.targetCheckCommand(), a.targetRemoveCommand())
	return a.group(cmd)
}

// loadTargets reads the file of targets. settings is the folder that it is in.
func loadTargets() (file *target.File, settings string, err error) {
	if settings, err = target.Folder(os.Getenv); err != nil {
		return nil, "", err
	}
	file, err = target.Load(filepath.Join(settings, target.FileName))
	return file, settings, err
}

// entries are those of the names, or all.
func entries(file *target.File, names []string) ([]*target.Entry, error) {
	if len(names) == 0 {
		names = file.Names()
	}
	var all []*target.Entry
	for _, name := range names {
		entry, err := file.Entry(name)
		if err != nil {
			return nil, err
		}
		all = append(all, entry)
	}
	return all, nil
}

// recipeIn is the recipe of that name, with a person's own in front.
func recipeIn(settings, name string) (*recipe.Recipe, error) {
	return recipe.FindIn(filepath.Join(settings, recipe.FolderName), name)
}
