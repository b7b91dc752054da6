package catalog

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The longest texts in bytes, and the longest lists.
const (
	maxName    = 31 // of an account, which a service gets
	maxTitle   = 60
	maxLine    = 120
	maxText    = 1000
	maxURL     = 500
	maxEntries = 64
)

var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	aliasForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._+-]*$`)
	iconForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)
	attrForm     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_'.-]*$`)
	tagForm      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	dirForm      = regexp.MustCompile(`^(/[A-Za-z0-9._@+-]+)+$`)
	pathForm     = regexp.MustCompile(`^/[A-Za-z0-9._~/?=&%+-]*$`)
	memoryForm   = regexp.MustCompile(`^[1-9][0-9]*[MG]$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	fieldForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	headerForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
	braces       = regexp.MustCompile(`\{[A-Za-z]+\}`)
)

// text sees that a value is one line that shows what it is.
func (d *document) text(field, s string, limit int, required bool) {
	switch {
	case strings.TrimSpace(s) == "":
		if required || s != "" {
			d.say(field, "it is missing")
		}
	case !utf8.ValidString(s) || strings.ContainsFunc(s, misleading):
		d.say(field, "it must be one line without control characters")
	case len(s) > limit:
		d.say(field, "it has %d bytes, more than %d", len(s), limit)
	}
}

func (d *document) form(field, s string, form *regexp.Regexp, limit int, required bool) {
	before := len(d.problems)
	d.text(field, s, limit, required)
	if len(d.problems) == before && s != "" && !form.MatchString(s) {
		d.say(field, "%q is none; it must match %s", s, form)
	}
}

func (d *document) oneOf(field, s string, choices []string, required bool) {
	switch {
	case s == "" && !required:
	case s == "":
		d.say(field, "it is missing; it is one of %s", strings.Join(choices, ", "))
	case !slices.Contains(choices, s):
		d.say(field, "%q is none of %s", s, strings.Join(choices, ", "))
	}
}

func (d *document) port(field string, n int) {
	if n < 0 || n > 65535 {
		d.say(field, "%d is no port from 1 to 65535", n)
	}
}

func (d *document) dir(field, s string, required bool) {
	d.form(field, s, dirForm, maxLine, required)
	if s != "" && dirForm.MatchString(s) && path.Clean(s) != s {
		d.say(field, "%q has . or .. in it", s)
	}
}

// address sees that a value is a page of the web that a person can open.
func (d *document) address(field, s string, required bool) {
	before := len(d.problems)
	d.text(field, s, maxURL, required)
	if s == "" || len(d.problems) > before {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || !strings.Contains(u.Hostname(), ".") || u.User != nil || strings.ContainsAny(s, " <>\"`\\") {
		d.say(field, "%q is no https address", s)
	}
}

func (d *document) long(field string, n int) {
	if n > maxEntries {
		d.say(field, "it has %d values, more than %d", n, maxEntries)
	}
}

func (d *document) list(field string, values []string, form *regexp.Regexp, limit int) {
	d.long(field, len(values))
	d.distinct(field, values)
	for i, v := range values {
		d.form(fmt.Sprintf("%s[%d]", field, i), v, form, limit, true)
	}
}

func (d *document) distinct(field string, values []string) {
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			d.say(field, "%q is there twice", v)
		}
		seen[v] = true
	}
}

// variables sees that names and values can be those of environment variables.
// The values may have more placeholders than others.
func (d *document) variables(field string, values map[string]string, more ...string) {
	d.long(field, len(values))
	for _, n := range sorted(values) {
		at := field + "." + n
		if !variableForm.MatchString(n) || len(n) > maxLine {
			d.say(field, "%q is no name of a variable", n)
		}
		d.value(at, values[n], more...)
	}
}

// value sees that a text is one line, in which only known names are in braces.
func (d *document) value(field, s string, more ...string) {
	d.text(field, s, maxText, false)
	for _, b := range braces.FindAllString(s, -1) {
		if known := slices.Concat(Placeholders, more); !slices.Contains(known, b[1:len(b)-1]) {
			d.say(field, "%s is no placeholder; known are %s", b, strings.Join(known, ", "))
		}
	}
}
