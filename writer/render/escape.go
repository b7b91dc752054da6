package render

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"holthome.net/scaffold/nixeval/syntax"
)

// code is Nix source that this package made itself, from names and values that
// went through an escaper. Nothing else may be put into a template as it is.
type code string

// escapers are the functions a template may end an action with: each makes
// valid Nix of one kind from any value, or fails.
func escapers() template.FuncMap {
	return template.FuncMap{
		"str":            textOf,
		"inner":          inner,
		"indented":       syntax.EscapeIndented,
		"attr":           syntax.AttrName,
		"attrPath":       syntax.AttrPath,
		"selection":      selection,
		"ident":          ident,
		"int":            integer,
		"strings":        stringList,
		"comment":        syntax.Comment,
		"comments":       comments,
		"code":           func(c code) string { return string(c) },
		"argument":       argument,
		"unitValue":      unitValue,
		"containerValue": containerValue,
		"value":          value,
	}
}

// helpers make values that still have to be escaped.
func helpers() template.FuncMap {
	return template.FuncMap{"dotted": func(path []string) string { return strings.Join(path, ".") }}
}

// inner is the text of a string without its quotes, for a string that has an
// interpolation of the template's own in it.
func inner(s string) (string, error) {
	pieces := strings.Split(s, domainMark)
	for i, piece := range pieces {
		quoted, err := syntax.String(piece)
		if err != nil {
			return "", err
		}
		pieces[i] = quoted[1 : len(quoted)-1]
		// A dollar at the end would make text of an interpolation behind it.
		if before, ok := strings.CutSuffix(pieces[i], "$"); ok {
			pieces[i] = before + `\$`
		}
	}
	return strings.Join(pieces, domainOption), nil
}

// ident is a name that the repo's files use as an identifier.
func ident(s string) (string, error) {
	quoted, err := syntax.AttrName(s)
	if err != nil {
		return "", err
	}
	if quoted != s || s == "or" {
		return "", fmt.Errorf("write identifier: %q is not one", s)
	}
	return s, nil
}

// selection is the selection of an attribute: the first name is an identifier.
func selection(path []string) (string, error) {
	if len(path) == 0 {
		return "", fmt.Errorf("write selection: the path is empty")
	}
	head, err := ident(path[0])
	if err != nil || len(path) == 1 {
		return head, err
	}
	rest, err := syntax.AttrPath(path[1:])
	return head + "." + rest, err
}

func integer(n any) (string, error) {
	switch n := n.(type) {
	case int:
		return syntax.Int(int64(n)), nil
	case int64:
		return syntax.Int(n), nil
	}
	return "", fmt.Errorf("write number: %v is none", n)
}

// stringList is a list of strings on one line.
func stringList(values []string) (string, error) {
	if len(values) == 0 {
		return "[ ]", nil
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		var err error
		if quoted[i], err = syntax.String(v); err != nil {
			return "", err
		}
	}
	return "[ " + strings.Join(quoted, " ") + " ]", nil
}

// commentWidth is the column at which a comment is broken, in characters.
const commentWidth = 80

// comments are paragraphs as comment lines; an empty one is an empty comment.
func comments(paragraphs []string) string {
	var lines []string
	for _, p := range paragraphs {
		line := ""
		for _, word := range strings.Fields(strings.TrimPrefix(syntax.Comment(p), "#")) {
			if line != "" && len(line)+len(word) > commentWidth-3 {
				lines, line = append(lines, syntax.Comment(line)), ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, syntax.Comment(line))
	}
	return strings.Join(lines, "\n")
}

// placeholders are what the arguments of a program may name.
var placeholders = map[string]string{
	"{port}": "${toString cfg.port}", "{dataDir}": "${cfg.dataDir}", "{address}": "127.0.0.1",
	"{databaseHost}": "${cfg.database.host}", "{databasePort}": "${toString cfg.database.port}", "{databaseName}": "${cfg.database.name}", "{databaseUser}": "${cfg.database.user}",
	"{mqttHost}": "${cfg.mqtt.host}", "{mqttPort}": "${toString cfg.mqtt.port}", "{mqttUser}": "${cfg.mqtt.username}",
	"{redisHost}": "${cfg.redis.host}", "{redisPort}": "${toString cfg.redis.port}", "{redisIndex}": "${toString cfg.redis.index}",
}

// argument is one argument of a program as a string, with its placeholders
// replaced by the options they stand for.
func argument(s string) (string, error) { return filled(s, func(text string) string { return text }) }

// unitValue is the value of an environment variable of a systemd unit: as
// argument, and with the percent signs that systemd would expand doubled.
func unitValue(s string) (string, error) {
	return filled(s, func(text string) string { return strings.ReplaceAll(text, "%", "%%") })
}

// filled is a string whose placeholders are replaced, and whose other text is
// changed by plain before it is escaped.
func filled(s string, plain func(string) string) (string, error) {
	var b bytes.Buffer
	b.WriteByte('"')
	for s != "" {
		at, which := len(s), ""
		for p := range placeholders {
			if i := strings.Index(s, p); i >= 0 && i < at {
				at, which = i, p
			}
		}
		text, err := inner(plain(s[:at]))
		if err != nil {
			return "", err
		}
		b.WriteString(text + placeholders[which])
		s = s[at+len(which):]
	}
	b.WriteByte('"')
	return b.String(), nil
}
