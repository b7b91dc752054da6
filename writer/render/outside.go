package render

import (
	"strings"

	"holthome.net/scaffold/plan"
)

// OwnBypass tells that something passes unasked that the policy's helper does
// not let pass by itself.
func (v *View) OwnBypass() bool {
	return v.Bypass != nil && (!v.Bypass.Given || len(v.Bypass.Networks) > 0)
}

// HasExceptions tells that more is said of the login than which policy it has.
func (v *View) HasExceptions() bool { return v.OwnBypass() || len(v.Keys) > 0 }

// BypassComment says what the paths are for that pass unasked.
func (v *View) BypassComment() string {
	if v.Tunnel != nil {
		return "Nobody is asked here, from the internet neither: the software must ask for its own key."
	}
	return "Nobody is asked here: the software must ask for its own key."
}

// SaysHeader tells that a key is sent in another header than its helper says.
func (v *View) SaysHeader(k plan.APIKey) bool {
	h := v.c.KeyHelpers[k.Helper[len(k.Helper)-1]].Header
	return h == nil || *h != k.Header
}

// TunnelComment says why it is on the internet, and what guards it there.
func (v *View) TunnelComment() []string {
	why := "On the internet, as asked for."
	if v.Tunnel.Reason != "" {
		why = "On the internet: " + v.Tunnel.Reason + "."
	}
	guard, open, some := strings.Cut(v.Tunnel.Login, "; nobody is asked at ")
	lines := []string{why, "What guards it: " + guard + "."}
	if some {
		lines = append(lines, "Nobody is asked at "+open+".")
	}
	return lines
}
