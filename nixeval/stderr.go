package nixeval

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// position is a place as nix writes it: "at FILE:LINE:COLUMN:".
type position struct {
	file         string
	line, column int
}

// frame is one "… while …" of a trace.
type frame struct {
	text string
	pos  position
}

// report is nix's stderr, taken apart.
type report struct {
	message    string
	pos        position
	suggestion string
	frames     []frame // innermost first
	found      bool    // there was an "error:" at all
	// old says that it is of a Nix before 2.13, which puts the message first
	// and names neither throw nor abort in the trace.
	old bool
}

var (
	ansi       = regexp.MustCompile(`\x1b(?:\[[0-9;?]*[\x20-\x2f]*[\x40-\x7e]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x40-\x5f])`)
	posLine    = regexp.MustCompile(`^\s+at (.+?):(\d+)(?::(\d+))?:?\s*$`)
	frameLine  = regexp.MustCompile(`^\s+… (.*)$`)
	excerpt    = regexp.MustCompile(`^\s+(?:\d+)?\|`)
	suggestion = regexp.MustCompile(`^\s*Did you mean .*\?$`)
	ending     = regexp.MustCompile(`^\s*\((?:use '--show-trace'|stack trace truncated|\d+ duplicate frames omitted)`)
)

// indent is what nix puts before each further line of an error.
const indent = "       "

// plainText is what nix wrote, without colours and other terminal controls.
func plainText(b []byte) string {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return ansi.ReplaceAllString(s, "")
}

// parseReport takes apart what nix wrote, which must be plainText.
func parseReport(text string) report {
	all := strings.Split(text, "\n")
	start := -1
	for i, l := range all {
		if strings.HasPrefix(l, "error:") {
			start = i
		}
	}
	if start < 0 {
		return report{}
	}
	r := report{found: true}
	head, rest := strings.TrimSpace(strings.TrimPrefix(all[start], "error:")), all[start+1:]
	if head == "" {
		// The trace comes first, and the message after the inner "error:".
		for i, l := range rest {
			if inner, ok := strings.CutPrefix(l, indent+"error:"); ok {
				r.frames = parseFrames(rest[:i])
				slices.Reverse(r.frames)
				head, rest = strings.TrimSpace(inner), rest[i+1:]
				break
			}
		}
	}
	after := r.parseMessage(head, rest)
	r.frames = append(r.frames, parseFrames(after)...)
	return r
}

// parseMessage reads the message, its position and the suggestion, and
// returns the lines after them.
func (r *report) parseMessage(head string, rest []string) []string {
	msg := []string{head}
	i := 0
	for ; i < len(rest); i++ {
		l := rest[i]
		if l != "" && !strings.HasPrefix(l, indent) || posLine.MatchString(l) || frameLine.MatchString(l) ||
			suggestion.MatchString(l) || ending.MatchString(l) {
			break
		}
		msg = append(msg, strings.TrimRight(strings.TrimPrefix(l, indent), " "))
	}
	r.message = strings.TrimSpace(strings.Join(msg, "\n"))
	for ; i < len(rest) && !frameLine.MatchString(rest[i]); i++ {
		switch l := rest[i]; {
		case suggestion.MatchString(l):
			r.suggestion = strings.TrimSpace(l)
		case r.pos.file == "":
			r.pos = parsePos(l)
		}
	}
	return rest[i:]
}

func parseFrames(ls []string) []frame {
	var frames []frame
	open := false // the text of the last frame may go on
	for _, l := range ls {
		if m := frameLine.FindStringSubmatch(l); m != nil {
			frames = append(frames, frame{text: strings.TrimSpace(m[1])})
			open = true
			continue
		}
		if len(frames) == 0 {
			continue
		}
		last := &frames[len(frames)-1]
		switch p := parsePos(l); {
		case p.file != "":
			if last.pos.file == "" {
				last.pos = p
			}
			open = false
		case strings.TrimSpace(l) == "", excerpt.MatchString(l):
			open = false
		case open:
			last.text += "\n" + strings.TrimSpace(l)
		}
	}
	return frames
}

func parsePos(l string) position {
	m := posLine.FindStringSubmatch(l)
	if m == nil {
		return position{}
	}
	p := position{file: m[1]}
	p.line, _ = strconv.Atoi(m[2])
	p.column, _ = strconv.Atoi(m[3])
	return p
}

var (
	optionFrame = regexp.MustCompile("^while evaluating the option [`'\"‘]([^\n]+?)['\"’]:?$")
	optionText  = regexp.MustCompile("^(?:The|A definition for|the) option [`'\"‘]([^\n]+?)['\"’] (?:is|was|does|has|of|in|cannot|defined)")
)

// option is the option that the report is about.
func (r report) option() string {
	if m := optionText.FindStringSubmatch(r.message); m != nil {
		return m[1]
	}
	for _, f := range r.frames {
		if m := optionFrame.FindStringSubmatch(f.text); m != nil {
			return m[1]
		}
	}
	return ""
}

// The marks that cells.nix leaves in traces and on stderr.
const (
	cellMark   = "scaffold cell "
	enterMark  = "trace: scaffold enter "
	caughtMark = "trace: scaffold caught "
	leaveMark  = "trace: scaffold leave "
)

// cell is the name of the innermost cell of the trace.
func (r report) cell() (string, bool) {
	for _, f := range r.frames {
		if name, ok := strings.CutPrefix(f.text, cellMark); ok {
			return cellName(name), true
		}
	}
	return "", false
}

// cellName reads a name as cells.nix writes it, in JSON; others are taken as
// they are.
func cellName(s string) string {
	var name string
	if json.Unmarshal([]byte(s), &name) == nil {
		return name
	}
	return s
}
