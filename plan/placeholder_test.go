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

// TestPlaceholdersOfContainers: nothing is filled in in a command of a container,
// and of its own port and folder in no value.
func TestPlaceholdersOfContainers(t *testing.T) {
	in := partsRepo("parts.w.command=work")
	refused(t, with(in, "command=serve {databasePassword}"), "read command: {databasePassword} stands for nothing in the command of a container")
	refused(t, with(in, "parts.w.command=work {redisHost}"), "read parts.w.command: {redisHost} stands for nothing in the command of a container")
	refused(t, with(in, "parts.w.entrypoint=work {mqttHost}"), "read parts.w.entrypoint: {mqttHost} stands for nothing in the command of a container")
	require.Contains(t, made(t, with(in, "environment.DATA={dataDir}")).Notes, "The container is given {dataDir} in environment.DATA as it is; only for a unit it stands for a value.")
	require.Contains(t, made(t, with(in, "parts.w.command=work {port}")).Notes, "The container is given {port} in parts.w.command as it is; only for a unit it stands for a value.")
	require.Contains(t, made(t, with(in, "parts.w.environment.A={address}")).Notes, "The container is given {address} in parts.w.environment.A as it is; only for a unit it stands for a value.")
}
