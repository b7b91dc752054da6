package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// outsideRepo is a host with two tunnels that are on and one that is off.
func outsideRepo(answers ...string) plan.Input {
	in := with(repo(), answers...)
	f := in.Facts
	f.Access = facts.Access{
		TunnelField: ptr("cloudflare"), Security: []string{"policy", "bypassPaths", "allowedNetworks", "staticApiKeys"},
		Keys: []string{"name", "envVar", "headerName", "paths", "allowedNetworks", "injectAuthHeader"}, Header: ptr("X-Api-Key"),
	}
	f.Tunnels["away"] = facts.Tunnel{Enabled: true}
	f.Tunnels["home"] = facts.Tunnel{Enabled: true, Registers: true, Unit: ptr("cloudflared-home"), Digest: ptr("a")}
	f.Tunnels["off"] = facts.Tunnel{}
	v := f.Vhosts["sonarr"]
	v.Tunnel = ptr("home")
	f.Vhosts["sonarr"] = v
	f.Identity.Unit, f.Identity.Templates = ptr("caddy"), []string{"caddy-env"}
	f.Templates["caddy-env"] = facts.Template{Variables: []string{"OLD_KEY"}}
	return in
}

func notes(p *plan.Plan) string { return strings.Join(p.Notes, "\n") }

func TestTunnelOnlyOnRequest(t *testing.T) {
	p := made(t, outsideRepo())
	require.Nil(t, p.Model.Tunnel)
	require.Equal(t, "no", p.String("tunnel"))
	require.Contains(t, decision(t, p, "tunnel").Reason, "VPN")
	require.Contains(t, absent(p), plan.AbsentTunnel, "that it is in none is promised")
	p = made(t, outsideRepo("tunnel=no"))
	require.Equal(t, "user", decision(t, p, "tunnel").Rule)
	require.Empty(t, made(t, repo()).String("tunnel"), "a host without tunnels decides nothing")
}

// absent are what a plan promises not to be there.
func absent(p *plan.Plan) []string {
	var list []string
	for _, promise := range promises(p, plan.PromiseAbsence) {
		list = append(list, promise.Want["absent"])
	}
	return list
}

func TestTunnel(t *testing.T) {
	p := made(t, outsideRepo("tunnel=yes", "tunnelReason=shared with the family."))
	require.Equal(t, &plan.Tunnel{Name: "home", Field: "cloudflare", Unit: "cloudflared-home", Registers: true, Reason: "shared with the family", Login: "single sign-on at the proxy, policy media"}, p.Model.Tunnel, "the one that carries most")
	d := decision(t, p, "tunnel")
	require.Equal(t, "shared with the family", d.Reason)
	require.Equal(t, "1 virtual host", d.Evidence[0].Value)
	require.Equal(t, map[string]string{"tunnel": "home", "hostName": "linkding.holthome.net", "unit": "cloudflared-home"}, promises(p, plan.PromiseTunnel)[0].Want)
	require.NotContains(t, absent(p), plan.AbsentTunnel)
	require.Contains(t, notes(p), "On the internet: anyone can send requests to https://linkding.holthome.net, through tunnel home. What guards it: single sign-on at the proxy, policy media.")
	require.Contains(t, steps(p), "after deployment: see that cloudflared-home has made a DNS record of linkding.holthome.net ssh forge journalctl -u cloudflared-home.service")
	require.Contains(t, steps(p), "see from outside of your network that a login is asked for")
	require.Contains(t, steps(p), "before deployment: in the DNS of the network at home (that of the internet is made with the tunnel), let linkding.holthome.net point to forge, unless")
	require.Contains(t, steps(made(t, outsideRepo("tunnel=away"))), "before deployment: in the DNS of the network at home, let linkding.holthome.net point to forge, unless")
	require.Contains(t, steps(made(t, outsideRepo())), "before deployment: let linkding.holthome.net point to forge, unless")

	p = made(t, outsideRepo("tunnel=away"))
	require.Contains(t, steps(p), "before deployment: let linkding.holthome.net point to tunnel away on the internet cloudflared tunnel route dns away linkding.holthome.net")
	require.Contains(t, notes(p), "Nothing says why it is on the internet")
}

// TestTunnelGuard: what gets past the login is part of what guards it.
func TestTunnelGuard(t *testing.T) {
	const sso = "single sign-on at the proxy, policy media"
	for _, c := range []struct {
		answers []string
		want    string
	}{
		{nil, sso},
		{[]string{"apiKeys=ci"}, sso + ", and key ci"},
		{[]string{"apiKeys=ci,home", "apiKeys.home.networks=10.0.0.0/8"}, sso + ", and keys ci, home (from 10.0.0.0/8)"},
		{[]string{"bypassPaths=/api,/feed"}, sso + "; nobody is asked at /api, /feed"},
		{[]string{"apiKeys=ci", "bypassPaths=/api", "bypassNetworks=10.0.0.0/8,fd00::/8"}, sso + ", and key ci; nobody is asked at /api (from 10.0.0.0/8, fd00::/8)"},
	} {
		p := made(t, outsideRepo(append(c.answers, "tunnel=yes")...))
		require.Equal(t, c.want, p.Model.Tunnel.Login)
		require.Contains(t, notes(p), "What guards it: "+c.want+". If the network")
	}
}

func TestTunnelLogins(t *testing.T) {
	for auth, guard := range map[string]string{"builtin": "its own login, with accounts of its own", "oidc": "its own login, through the identity provider"} {
		in := outsideRepo("tunnel=yes", "auth="+auth, "secrets=CLIENT_SECRET")
		in.Facts.Identity.Providers = []facts.IdentityProvider{{Name: "x", Issuer: ptr("https://id.holthome.net")}}
		p := made(t, in)
		if auth == "oidc" && p.Model.Auth.Client != nil {
			guard = "its own login, through https://id.holthome.net"
		}
		require.Equal(t, guard, p.Model.Tunnel.Login)
		require.Contains(t, notes(p), "Requests reach Linkding before anyone has logged in")
		require.Contains(t, steps(p), "200 is right if it is the page of that login")
		require.NotContains(t, steps(p), "would be open to everybody")
	}
	// The first account is made before strangers could make it.
	const first = "before deployment: set modules.services.caddy.virtualHosts.linkding.cloudflare.enable = false for the first deployment, make the first account of Linkding"
	said := steps(made(t, outsideRepo("tunnel=away", "auth=builtin")))
	require.Contains(t, said, first)
	require.Less(t, strings.Index(said, first), strings.Index(said, "point to tunnel away on the internet"))
	require.NotContains(t, steps(made(t, outsideRepo("tunnel=away"))), "first account")
	require.NotContains(t, steps(made(t, outsideRepo("auth=builtin"))), "first deployment", "it is not on the internet")
	in := outsideRepo("tunnel=yes", "auth=none")
	refused(t, in, "use tunnel: with auth none nobody has to log in to Linkding, from the internet neither; choose another auth; or say --set tunnelWithoutLogin=yes too")
	p := made(t, with(in, "tunnelWithoutLogin=yes"))
	require.Contains(t, notes(p), "as you said twice")
	require.Contains(t, steps(p), "see from outside of your network what everybody sees")
	in = with(in, "-auth")
	require.Contains(t, questions(made(t, in)), "auth", "a question is not refused before it is answered")
}

func TestTunnelRefused(t *testing.T) {
	refused(t, outsideRepo("tunnel=off"), `read tunnel: "off" is unknown; the host has away, home`)
	refused(t, outsideRepo("tunnel=yes", "tunnelWithoutLogin=yes"), "read tunnelWithoutLogin: auth caddy-security has a login")
	refused(t, outsideRepo("tunnelReason=x"), "read tunnelReason: it is not put into a tunnel")
	refused(t, outsideRepo("tunnel=no", "tunnelWithoutLogin=yes"), "read tunnelWithoutLogin: it is not put into a tunnel")
	refused(t, with(outsideRepo("tunnel=yes", "web=no"), "-auth"), "read tunnel: a service without a virtual host")
	in := outsideRepo("tunnel=yes")
	in.Facts.Access.TunnelField = nil
	refused(t, in, "have no field that puts them into one")
	in = outsideRepo("tunnel=yes")
	in.Facts.Tunnels = map[string]facts.Tunnel{"off": {}}
	refused(t, in, "use tunnel: host forge has none that is on")
	require.ErrorContains(t, plan.CheckAnswers(map[string]string{"tunnelWithoutLogin": "no"}), "choose one of yes")
}

// TestTunnelAndNetworks: what a tunnel carries comes from the host itself.
func TestTunnelAndNetworks(t *testing.T) {
	for _, network := range []string{"127.0.0.0/8", "0.0.0.0/1", "::1/128"} {
		refused(t, outsideRepo("tunnel=yes", "apiKeys=ci", "apiKeys.ci.networks="+network), "use apiKeys.ci.networks with a tunnel: "+network)
		refused(t, outsideRepo("tunnel=yes", "bypassPaths=/api", "bypassNetworks="+network), "use bypassNetworks with a tunnel: "+network)
	}
	p := made(t, outsideRepo("tunnel=yes", "bypassPaths=/api", "bypassNetworks=10.0.0.0/8"))
	require.Contains(t, notes(p), "bypassNetworks does not open anything through the tunnel")
	require.Contains(t, notes(p), "From the internet too, nobody is asked for a login below /api")
}
