package image_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
)

// Projects have habits of their own. These are shortened lists in the style of
// well-known ones, with what a careful person would take.
func TestHabits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ style, tags, example, want, warning string }{
		{"each level moves, variants by system", "17 17.2 17.2-alpine 17.2-alpine3.20 17-alpine 16.6 18beta1 18beta1-bookworm latest bookworm alpine", "", "17.2", ""},
		{"the same, Alpine wanted", "17 17.2 17.2-alpine 17.1-alpine 17-alpine 18beta1-alpine alpine", "16.0-alpine", "17.2-alpine", ""},
		{"milestones", "7 7.4 7.4.1 7.4.1-bookworm 8.0-M02 8.0-rc1 8.0.0-M03 latest", "", "7.4.1", ""},
		{"four numbers, each level moves", "4 4.0 4.0.15 4.0.15.2941 4.0.14.2939 rolling", "", "4.0.15.2941", ""},
		{"builds, prefixes and machines", "latest develop nightly 4.0.15 4.0.14 version-4.0.15.2941 4.0.15.2941-ls280 4.0.15.2941-ls281 amd64-4.0.15.2941-ls280 arm64v8-latest 4.0.16.2945-develop develop-4.0.16.2945-ls99", "", "4.0.15", ""},
		{"the same, builds wanted", "4.0.15 4.0.15.2941-ls280 4.0.15.2941-ls281 4.0.15.2941-ls99 amd64-4.0.15.2941-ls282", "1.0.0.0-ls1", "4.0.15.2941-ls281", ""},
		{"by calendar with betas", "2026.11.1 2026.11.0 2026.11.0b2 2026.10.4 2026.12.0b0 dev beta stable latest", "", "2026.11.1", ""},
		{"by short calendar", "26.11.0 26.11.0-alpine 26.10.0 24.12.0 sha-0a1b2c3 edge latest", "", "26.11.0", ""},
		{"two digits in the last number", "0.47.06 0.47.05 0.48.01 dev latest", "", "0.48.01", ""},
		{"with v, pull requests and commits", "v1.120.0 v1.119.1 v1.120.0-cuda pr-13998 commit-0a1b2c3d4e5f release main", "", "v1.120.0", ""},
		{"the same, CUDA wanted", "v1.120.0 v1.119.1-cuda v1.120.0-cuda v1.120.0-openvino release-cuda", "v1.0.0-cuda", "v1.120.0-cuda", ""},
		{"with v and without, commits of git", "v0.4.4 0.4.4 0.4 v0.4.3 v0.4.4-cuda git-0a1b2c3 main cuda", "", "v0.4.4", ""},
		{"betas with a dot", "v0.107.54 v0.107.53 v0.108.0-b.61 v0.108.0-a.950+x edge beta latest", "", "v0.107.54", ""},
		{"beside dates of nightlies", "10.10.3 10.10.2 10.10.3-amd64 10.10 2026111805 2026111805-amd64 10.10.3.20261118-005 unstable latest preview", "", "10.10.3", ""},
		{"beside numbers of builds", "11.3.1 11.3.1-ubuntu 11.4.0-80123 11.4.0-80124-ubuntu main main-ubuntu latest", "", "11.3.1", ""},
		{"beside commits with variants", "0.14.1 0.14.1-tensorrt 0.15.0-beta1 5dc6f7b-standard-arm64 5dc6f7b stable dev-0a1b2c3", "", "0.14.1", ""},
		{"betas of the next, words with numbers", "1.23.15 1.23.15-alpine 1 1-alpine 2.0.0-beta.0 2.0.0-beta.0-slim nightly2 beta2 base2-alpine", "", "1.23.15", ""},
		{"systems beside versions", "v3.2.1 3.2.1 v3.2 v3 v3.2.1-windowsservercore-ltsc2022 v3.3.0-rc1 munster saintnectaire", "", "v3.2.1", ""},
		{"builds for a runtime", "4.0.5 4.0.5-18 4.0.5-20 4.0.5-18-minimal 4.0.6-beta.1 latest-18", "", "4.0.5", ""},
		{"rootless wanted", "1.22.3 1.22.3-rootless 1.22-rootless 1-rootless 1.23.0-rc0-rootless 1.22.2-rootless nightly-rootless", "1.0.0-rootless", "1.22.3-rootless", ""},
		{"moments", "RELEASE.2026-11-07T00-52-20Z RELEASE.2026-10-29T16-01-48Z RELEASE.2026-11-07T00-52-20Z.fips RELEASE.2026-10-29T16-01-48Z-cpuv1 latest edge", "", "RELEASE.2026-11-07T00-52-20Z", "only dates"},
		{"the same, wanted", "RELEASE.2026-11-07T00-52-20Z RELEASE.2026-10-29T16-01-48Z RELEASE.2026-11-07T00-52-20Z.fips latest", "RELEASE.2024-01-01T00-00-00Z", "RELEASE.2026-11-07T00-52-20Z", ""},
		{"days of two lengths", "240915 241130 20220302 preview latest", "", "241130", "only dates"},
		{"the same, wanted", "240915 241130 20220302 preview latest", "240101", "241130", ""},
		{"days with commits", "2026.11.8-7ca24eee4 2026.11.20-0bb3904e6 latest", "", "2026.11.20-0bb3904e6", "only commits"},
		{"commits beside a version", "1.41.0.8994-f2c27da23 1.41.1.9057-af5eaea7a latest plexpass public", "", "1.41.1.9057-af5eaea7a", "only commits"},
		{"the same, wanted", "1.41.0.8994-f2c27da23 1.41.1.9057-af5eaea7a latest", "1.0.0.1-0123456a7", "1.41.1.9057-af5eaea7a", ""},
		{"what stands before the name of the product", "server-3.1.0 server-3.2.0 agent-9.0.0", "server-1.0.0", "server-3.2.0", ""},
		{"calendar with zeros, once otherwise", "2026.08.0 2026.07.1 2024.01.0 v5.8.1 nightly dev", "", "2026.08.0", "v5.8.1"},
	} {
		t.Run(tt.style+" "+tt.example, func(t *testing.T) {
			t.Parallel()
			c, ok := image.Choose(strings.Fields(tt.tags), tt.example)
			require.True(t, ok)
			require.Equal(t, tt.want, c.Tag)
			if tt.warning == "" {
				require.Empty(t, c.Warning)
			} else {
				require.Contains(t, c.Warning, tt.warning)
			}
		})
	}
}
