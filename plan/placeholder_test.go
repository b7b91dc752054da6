package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/facts"
	"holthome.net/scaffold/plan"
)

// TestPlaceholdersRefused: a unit's values may name what the service has, and only
// that; else the option that they would read is not there.
func TestPlaceholdersRefused(t *testing.T) {
	const port, data = "{port} stands for nothing here, where nothing listens", "{dataDir} stands for nothing here: a stateless service has no data"
	byTheClock := func(answers ...string) plan.Input {
		in := watched(append(append([]string{"-auth", "-port"}, unitAnswers...), answers...)...)
		delete(in.Answers, "port")
		in.Facts.Package = &facts.Package{Version: ptr("1.36"), MainProgram: ptr("linkding-server")}
		return in
	}
	refused(t, byTheClock("schedule=daily", "environment.LISTEN={address}:{port}"), "read environment.LISTEN: "+port)
	refused(t, byTheClock("oneshot=yes", "arguments=run {port}"), "read arguments: "+port)
	for name, in := range map[string]plan.Input{"unit": unitRepo(), "native": nativeRepo(nil)} {
		t.Run(name, func(t *testing.T) {
			made(t, with(in, "environment.DATA={dataDir}", "environment.LISTEN={port}"))
			in = with(in, "workload=stateless")
			delete(in.Answers, "dataDir")
			refused(t, with(in, "environment.DATA={dataDir}"), "read environment.DATA: "+data)
		})
	}
	in := with(unitRepo(), "workload=stateless")
	refused(t, with(in, "arguments=run {dataDir}"), "read arguments: "+data)
	refused(t, with(in, "parts.w.command=work {dataDir}"), "read parts.w.command: "+data)
	refused(t, with(in, "parts.w.command=work", "parts.w.environment.DATA={dataDir}"), "read parts.w.environment.DATA: "+data)
	refused(t, with(in, "parts.w.command=work {databaseHost}"), "read parts.w.command: {databaseHost} stands for nothing here")
	asks := unitRepo()
	delete(asks.Answers, "port")
	require.Equal(t, []string{"port"}, questions(made(t, with(asks, "environment.LISTEN={port}"))), "it is asked for first")
	made(t, with(partsRepo("parts.w.command=work {dataDir}"), "environment.DATA={dataDir}"))
}
