package main

import "github.com/settle-go/settle/internal/term"

// targetWords is what the target commands say to people.
var targetWords = struct {
	askPlatform, askAddress, askSecret, askField, askWay, askPin, askRemove term.Text

	selfSigned, certificate, names, signer, dates, fingerprint, itself term.Text

	added, addedHere, kept, notKept, copied, removed, next, none, unchecked, fromEnvironment term.Text

	address, tls, login, kind, clock, settings term.Text // what target check looks at

	reached, reachedIn, noConnection, noAddress                       term.Text
	verified, byCA, pinned, insecure, plain, until, expires, expired  term.Text
	loggedInAs, loggedIn, notNeeded, loginRefused, notTried, notAsked term.Text
	speaksVersion, cannotSee                                          term.Text
	sameClock, ahead, behind                                          term.Text

	secretBy, secretWritten, noSecret term.Text
}{
	askPlatform: term.Text{"Platform (settle recipe list shows them): ", "平台（settle recipe list 可列出）："},
	askAddress:  term.Text{"Address, such as %s: ", "地址，例如 %s："},
	askSecret:   term.Text{"%s (not shown): ", "%s（不回显）："},
	askField:    term.Text{"%s: ", "%s："},
	askWay:      term.Text{"Log in with %s? [1-%d] ", "登录方式：%s？[1-%d] "},
	askPin:      term.Text{"Trust this certificate, and no other? Type yes: ", "只信任这一张证书？输入 yes 确认："},
	askRemove:   term.Text{"Remove target %s (%s)? Type yes: ", "删除目标 %s（%s）？输入 yes 确认："},

	selfSigned:  term.Text{"%s shows a certificate that is not trusted: %s", "%s 出示的证书不受信任：%s"},
	certificate: term.Text{"for", "主体"},
	names:       term.Text{"names", "名称"},
	signer:      term.Text{"signed by", "签发者"},
	dates:       term.Text{"valid", "有效期"},
	fingerprint: term.Text{"fingerprint", "指纹"},
	itself:      term.Text{"itself", "自签名"},

	added:           term.Text{"%s added: %s at %s", "已添加 %s：%s，地址 %s"},
	addedHere:       term.Text{"%s added: %s", "已添加 %s：%s"},
	kept:            term.Text{"written to %s, which only you can read", "已写入 %s，仅您本人可读"},
	notKept:         term.Text{"nothing was written", "未写入任何内容"},
	copied:          term.Text{"the recipe was copied to %s", "recipe 已复制到 %s"},
	removed:         term.Text{"%s removed", "已删除 %s"},
	next:            term.Text{"%s lists what can be started", "%s 可列出能启动的操作"},
	none:            term.Text{"there are no targets yet", "还没有目标"},
	unchecked:       term.Text{"not checked: settle target check %s", "未检查：settle target check %s"},
	fromEnvironment: term.Text{"%s is not written down: it comes from the environment each time (%s)", "%s 未写入文件：每次取自环境变量（%s）"},

	address:  term.Text{"address", "地址"},
	tls:      term.Text{"TLS", "TLS"},
	login:    term.Text{"login", "登录"},
	kind:     term.Text{"platform", "平台"},
	clock:    term.Text{"clock", "时钟"},
	settings: term.Text{"settings", "设置"},

	reached:      term.Text{"reached", "可达"},
	reachedIn:    term.Text{"reached in %s", "可达，用时 %s"},
	noConnection: term.Text{"not reached: %s", "不可达：%s"},
	noAddress:    term.Text{"none: commands are run on this machine", "无：在本机运行命令"},
	verified:     term.Text{"verified, %s", "已验证，%s"},
	byCA:         term.Text{"verified by %s, %s", "由 %s 验证，%s"},
	pinned:       term.Text{"the pinned certificate, %s", "与固定的证书一致，%s"},
	insecure:     term.Text{"not verified (insecure): anybody on the way could read along", "未验证（insecure）：途中任何人都可能窃听"},
	plain:        term.Text{"none (http): anybody on the way can read along", "无（http）：途中任何人都能窃听"},
	until:        term.Text{"valid until %s", "有效期至 %s"},
	expires:      term.Text{"expires on %s, in %d days", "%s 到期，还剩 %d 天"},
	expired:      term.Text{"expired on %s", "已于 %s 过期"},
	loggedInAs:   term.Text{"accepted, as %s", "成功，用户 %s"},
	loggedIn:     term.Text{"accepted", "成功"},
	notNeeded:    term.Text{"not checked: the recipe has no login request", "未检查：recipe 没有登录请求"},
	loginRefused: term.Text{"refused: %s", "被拒绝：%s"},
	notTried:     term.Text{"not tried: %s has no question that shows it", "未尝试：%s 没有可供验证的请求"},
	notAsked:     term.Text{"not known: %s", "未知：%s"},

	speaksVersion: term.Text{"%s, version %s", "%s，版本 %s"},
	cannotSee:     term.Text{"%s, as far as it was written down: the recipe has no way to see it", "%s（按配置）：recipe 无从核实"},

	sameClock: term.Text{"as ours", "与本机一致"},
	ahead:     term.Text{"%s ahead of ours", "比本机快 %s"},
	behind:    term.Text{"%s behind ours", "比本机慢 %s"},

	secretBy:      term.Text{"%s by %s", "%s 来自 %s"},
	secretWritten: term.Text{"%s in the file", "%s 存于文件"},
	noSecret:      term.Text{"from the environment, or none", "取自环境变量，或无需登录"},
}
