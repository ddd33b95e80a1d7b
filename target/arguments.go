package target

import (
	"net/url"
	"regexp"
	"strings"
)

// ShowArguments returns a command as it may be shown, and adds what it hides: the values of flags and variables whose
// name says that they are secret, of -u and --user what follows the colon, headers as ShowHeader and URLs as ShowURL have
// them. What a shell is given to run (-c) is searched for the same.
func (s *Secrets) ShowArguments(argv []string) []string {
	shown := make([]string, len(argv))
	flag := ""
	for i, arg := range argv {
		if shellFlag.MatchString(flag) {
			s.ShowArguments(shellWords(arg))
			shown[i] = arg
		} else {
			shown[i] = s.showArgument(flag, arg)
		}
		flag = ""
		if strings.HasPrefix(arg, "-") && !strings.Contains(arg, "=") {
			flag = arg
		}
	}
	for i := range shown {
		shown[i] = s.Mask(shown[i])
	}
	return shown
}

var (
	shellFlag  = regexp.MustCompile(`^-[a-z]*c$`)
	shellWord  = regexp.MustCompile(`(?:"[^"]*"|'[^']*'|[^\s"';|&()])+`)
	unquoted   = strings.NewReplacer(`"`, "", `'`, "", `\`, "")
	headerLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):\s*(\S.*)$`)
)

// shellWords takes a script apart, nearly as a shell does.
func shellWords(script string) []string {
	words := shellWord.FindAllString(script, -1)
	for i := range words {
		words[i] = unquoted.Replace(words[i])
	}
	return words
}

// showArgument shows one argument, which may be the value of the flag before it.
func (s *Secrets) showArgument(flag, arg string) string {
	if short := arg[:min(2, len(arg))]; len(arg) > 2 && (short == "-u" || short == "-H") {
		return short + s.showArgument(short, arg[2:]) // curl -uops:hunter22
	}
	name, value, assigned := strings.Cut(arg, "=")
	header := headerLine.FindStringSubmatch(arg)
	switch {
	case flag == "-u" || strings.HasSuffix(flag, "-user"):
		return s.showUser(arg)
	case strings.HasPrefix(arg, "{"):
		s.AddBody([]byte(arg))
	case flag != "" && SecretName(flag) && !strings.HasPrefix(arg, "-"):
		s.Add(arg)
		return masked
	case assigned && !strings.ContainsAny(name, ":/ ") && SecretName(name) && value != "":
		s.Add(value)
		return name + "=" + masked
	case assigned && strings.HasPrefix(name, "-"):
		return name + "=" + s.showArgument(name, value)
	case strings.Contains(arg, "://"):
		if u, err := url.Parse(arg); err == nil {
			s.AddURL(u)
			return ShowURL(u)
		}
	case header != nil && (flag == "-H" || flag == "--header" || strings.Contains(arg, ": ")):
		s.AddHeader(header[1], header[2])
		return header[1] + ": " + ShowHeader(header[1], header[2])
	}
	return arg
}

// showUser is user:password as it may be shown.
func (s *Secrets) showUser(pair string) string {
	user, password, found := strings.Cut(pair, ":")
	if !found || password == "" {
		return pair
	}
	s.Add(pair) // as base64 it is the Authorization header
	s.Add(password)
	return user + ":" + masked
}
