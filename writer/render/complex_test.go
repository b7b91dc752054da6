package render_test

import (
	"os"
	"path/filepath"

	"holthome.net/scaffold/plan/answers"
)

// complexServices are the services of testdata/services, each described in a file
// as a user would write it, in both examples.
func complexServices() []scenario {
	var all []scenario
	for _, s := range []scenario{
		{service: "drivelog"},
		{service: "paperdesk"},
		{service: "doorcam", change: staleOf("doorcam")},
		{service: "sweeper"},
		{service: "ledger", pkg: "gotify-server"},
	} {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "services", s.service+".yaml"))
		if err != nil {
			panic(err)
		}
		if s.answers, err = answers.Parse(data); err != nil {
			panic(s.service + ": " + err.Error())
		}
		s.name, s.example = s.service, "example"
		all = append(all, s)
		s.name, s.example = s.service+"-registry", "example-registry"
		all = append(all, s)
	}
	return all
}
