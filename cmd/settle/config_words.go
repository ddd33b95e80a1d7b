package main

import "github.com/settle-go/settle/internal/term"

// configWords is what settle config, and the settings of any command, say to people.
var configWords = struct {
	typo, byDefault, fromTarget, fromRecipe, none, there, notThere, folder, state term.Text
}{
	typo:       term.Text{"warning: %s is no setting of settle's; did you mean %s?", "警告：%s 不是 settle 的设置；是 %s 吗？"},
	byDefault:  term.Text{"default", "默认"},
	fromTarget: term.Text{"target %s", "目标 %s"},
	fromRecipe: term.Text{"recipe %s", "recipe %s"},
	none:       term.Text{"none", "无"},
	there:      term.Text{"there", "已有"},
	notThere:   term.Text{"not there", "尚无"},
	folder:     term.Text{"settings", "设置目录"},
	state:      term.Text{"state", "状态目录"},
}
