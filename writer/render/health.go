package render

import (
	"encoding/json"
	"fmt"
	"strings"
)

// HealthCommand asks the service from inside of its container, with the tool
// that the image has. An image with neither is not called ill. It is empty where
// there is nothing to ask.
func (v *View) HealthCommand() string {
	url := fmt.Sprintf("http://127.0.0.1:%d%s", v.ContainerPort, v.HealthPath)
	if len(v.HealthCheck) > 0 {
		return v.imageHealthCheck()
	}
	if v.ContainerPort == 0 || v.NoHealthCheck {
		return ""
	}
	if v.HealthTool != "" {
		return v.toolCommand(url)
	}
	if v.HealthStrict {
		return fmt.Sprintf("if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 '%s'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 '%s'; fi || exit 1", url, url)
	}
	// No path was said that tells how it is: any answer shows that it lives.
	return fmt.Sprintf("if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 '%s'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 '%s' 2>&1 | grep -q HTTP/; fi || exit 1", url, url)
}

// toolCommand asks with a program that the image is known to have. Where no path
// was said that tells how it is, any answer shows that it lives.
func (v *View) toolCommand(url string) string {
	command := map[string][2]string{
		"curl":    {"curl -sS -o /dev/null -m 8 '%s'", "curl -fsS -o /dev/null -m 8 '%s'"},
		"wget":    {"wget -q -S -O /dev/null -T 8 '%s' 2>&1 | grep -q HTTP/", "wget -q -O /dev/null -T 8 '%s'"},
		"python3": {`python3 -c "import http.client, urllib.parse; u = urllib.parse.urlsplit('%s'); http.client.HTTPConnection(u.netloc, timeout=8).request('GET', u.path or '/')"`, `python3 -c "import urllib.request; urllib.request.urlopen('%s', timeout=8)"`},
		"node":    {`node -e "fetch('%s').then(() => process.exit(0), () => process.exit(1))"`, `node -e "fetch('%s').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"`},
	}[v.HealthTool]
	if command[0] == "" { // nc tells only that somebody listens
		return fmt.Sprintf("nc -z 127.0.0.1 %d || exit 1", v.ContainerPort)
	}
	if v.HealthStrict {
		return fmt.Sprintf(command[1], url) + " || exit 1"
	}
	return fmt.Sprintf(command[0], url) + " || exit 1"
}

// imageHealthCheck is the image's own health check as podman and docker take it:
// a text for the image's shell, or a list that needs none.
func (v *View) imageHealthCheck() string {
	if v.HealthCheck[0] == "CMD-SHELL" {
		return strings.Join(v.HealthCheck[1:], " ")
	}
	if v.Podman() {
		list, err := json.Marshal(v.HealthCheck[1:])
		if err == nil {
			return string(list)
		}
	}
	quoted := make([]string, 0, len(v.HealthCheck))
	for _, word := range v.HealthCheck[1:] {
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	return strings.Join(quoted, " ")
}
