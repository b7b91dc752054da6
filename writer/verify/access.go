package verify

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

func (c *checker) vhost(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok {
		return absent("such virtual host")
	}
	if !v.Enable || v.Backend == nil {
		return false, "it is not enabled or has no backend"
	}
	saw := fmt.Sprintf("%s to %s://%s:%s", text(v.HostName), text(v.Backend.Scheme), text(v.Backend.Host), id(v.Backend.Port))
	for name, other := range c.after.Vhosts {
		if name != p.Subject && other.Enable && other.HostName != nil && v.HostName != nil && *other.HostName == *v.HostName {
			return false, saw + ", and " + name + " has the same name"
		}
	}
	return text(v.HostName) == p.Want["hostName"] && text(v.Backend.Scheme) == p.Want["scheme"] &&
		text(v.Backend.Host) == p.Want["address"] && id(v.Backend.Port) == p.Want["port"], saw
}

// auth: the policy has arrived at the proxy, or none was wanted.
func (c *checker) auth(p plan.Promise) (bool, string) {
	v, ok := c.after.Vhosts[p.Subject]
	if !ok {
		return absent("such virtual host")
	}
	want := p.Want["policy"]
	if want == "" {
		return v.Policy == nil, "policy " + text(v.Policy)
	}
	exists := slices.ContainsFunc(c.after.Policies, func(o facts.Policy) bool { return o.Name == want })
	if !exists {
		return false, "the host has no policy " + want
	}
	return text(v.Policy) == want, fmt.Sprintf("policy %s, portal %s", text(v.Policy), text(v.Portal))
}

// alert: the rule exists, and what it names is a unit or container that does.
func (c *checker) alert(p plan.Promise) (bool, string) {
	a, ok := c.after.Alerts[p.Subject]
	if !ok {
		return absent("such rule")
	}
	expr := text(a.Expr)
	named := nameLabel.FindStringSubmatch(expr)
	if named == nil {
		return false, "its expression names nothing: " + expr
	}
	name, ofUnit := strings.CutSuffix(named[1], ".service")
	_, unit := c.after.Units[name]
	_, container := c.after.Containers[name]
	switch {
	case ofUnit && !unit:
		return false, named[1] + " is no unit"
	case !unit && !container:
		return false, name + " is neither a unit nor a container"
	case unit && name == p.Want["unit"], !ofUnit && container && name == p.Want["service"]:
		return true, expr
	}
	return false, "it watches " + named[1]
}

var nameLabel = regexp.MustCompile(`name="([^"]+)"`)

func (c *checker) notify(p plan.Promise) (bool, string) {
	u, ok := c.after.Focus[p.Subject]
	if !ok {
		return absent("such unit")
	}
	for _, target := range u.OnFailure {
		words := strings.FieldsFunc(target, func(r rune) bool { return r == '@' || r == ':' })
		if slices.Contains(words, p.Want["template"]) {
			hub := c.after.Hubs["notifications"]
			if hub == nil || !slices.Contains(hub.Names, p.Want["template"]) {
				return false, "OnFailure=" + target + ", and no template " + p.Want["template"]
			}
			return true, "OnFailure=" + target
		}
	}
	return false, "OnFailure=" + strings.Join(u.OnFailure, " ")
}

func (c *checker) metrics(p plan.Promise) (bool, string) {
	kept, saw := absent("scrape job")
	for _, s := range c.scrapes(p.Subject) {
		saw = fmt.Sprintf("job %s: %s%s", s.Job, strings.Join(s.Targets, ", "), s.Path)
		// Another service's job may have this one's name in its own.
		if s.Path == p.Want["path"] && slices.ContainsFunc(s.Targets, func(t string) bool { return strings.HasSuffix(t, ":"+p.Want["port"]) }) {
			return true, saw
		}
	}
	return kept, saw
}

// scrapes are the jobs with a service's name in theirs that were not there
// before.
func (c *checker) scrapes(service string) []facts.Scrape {
	var jobs []facts.Scrape
	for _, s := range c.after.Scrapes {
		old := slices.ContainsFunc(c.before.Scrapes, func(o facts.Scrape) bool { return reflect.DeepEqual(o, s) })
		if !old && hasWord(s.Job, service) {
			jobs = append(jobs, s)
		}
	}
	return jobs
}

// tile: on the dashboard, with every variable in it defined by a template.
func (c *checker) tile(p plan.Promise) (bool, string) {
	t, ok := c.after.Dashboard[p.Subject]
	if !ok {
		return absent("such tile")
	}
	for _, value := range t.Widget {
		for _, v := range widgetVariable.FindAllStringSubmatch(fmt.Sprint(value), -1) {
			if !c.defined(v[1]) {
				return false, "no template defines " + v[1]
			}
		}
	}
	if want := p.Want["widget"]; want != "" && fmt.Sprint(t.Widget["type"]) != want {
		return false, fmt.Sprintf("its widget is %v", t.Widget["type"])
	}
	saw := fmt.Sprintf("group %s, %s", text(t.Group), text(t.HRef))
	if kind, ok := t.Widget["type"]; ok {
		saw += fmt.Sprintf(", widget %v", kind)
	}
	return text(t.Group) == p.Want["group"] && text(t.HRef) == p.Want["url"], saw
}

var widgetVariable = regexp.MustCompile(`\{\{([A-Za-z0-9_]+)\}\}`)

func (c *checker) defined(variable string) bool {
	for _, t := range c.after.Templates {
		if slices.Contains(t.Variables, variable) {
			return true
		}
	}
	return false
}

func (c *checker) probe(p plan.Promise) (bool, string) {
	probe, ok := c.after.BlackBox[p.Subject]
	if !ok {
		return absent("such check")
	}
	conditions := strings.Join(probe.Conditions, ", ")
	if kind := p.Want["tells"]; kind != "" && !slices.ContainsFunc(probe.Told, func(a facts.ProbeAlert) bool {
		return text(a.Type) == kind && (a.Failures == 0 || fmt.Sprint(a.Failures) == p.Want["failures"])
	}) {
		return false, fmt.Sprintf("it does not tell %s after %s failures", kind, p.Want["failures"])
	}
	saw := fmt.Sprintf("%s, %s", text(probe.URL), conditions)
	if kind := p.Want["tells"]; kind != "" {
		saw += fmt.Sprintf(", tells %s after %s failures", kind, p.Want["failures"])
	}
	return text(probe.URL) == p.Want["url"] && conditions == p.Want["conditions"] && conditions != "", saw
}
