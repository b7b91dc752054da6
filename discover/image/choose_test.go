package image_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/image"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	const prerelease, date, commit = "no tag is a stable version, only pre-releases", "no tag is a version, only dates", "no tag is a version, only commits"
	for _, tt := range []struct {
		name    string
		tags    string
		example string
		want    string
		warning string // what it contains; empty for none
	}{
		{"numbers, not text", "1.9.0 1.10.0 1.2.0", "", "1.10.0", ""},
		{"with v", "v1.9.0 v1.10.0 latest", "", "v1.10.0", ""},
		{"one", "2.0", "", "2.0", ""},
		{"long numbers", "1.0.99999999999999999999999 1.0.100000000000000000000000", "", "1.0.100000000000000000000000", ""},
		{"leading zeros", "1.08.0 1.9.0 1.07.3", "", "1.9.0", ""},
		{"those that move are shorter", "1 1.2 1.2.3 1.2.2 2 latest", "", "1.2.3", ""},
		{"two numbers are a version where there are no three", "17 17.1 17.2", "", "17.2", ""},
		{"a version with two numbers beside three", "1.29.4 1.29 1.30", "", "1.30", ""},
		{"lone numbers", "15 16 17 latest", "", "17", ""},
		{"four numbers", "4.0.15.2941 4.0.15 4.0.14.2939 4.0 4", "", "4.0.15.2941", ""},
		{"four numbers of long ago", "1.2.3.4 5.0.0 4.9.0", "", "5.0.0", ""},
		{"with and without v, alike", "1.0.0 v1.0.0 v0.9.0", "", "v1.0.0", ""},
		{"with and without v, as many", "1.0.0 v1.0.0", "", "v1.0.0", ""},
		{"no release candidates", "1.2.0 1.3.0-rc1 1.3.0-beta.2 1.3.0-alpha 1.3.0b3 1.3.0-dev 1.3.0-SNAPSHOT nightly-1.4.0 1.4.0-pre1 1.4.0.rc1", "", "1.2.0", ""},
		{"no dates", "1.2.0 20261101 2026-11-01 261101 2026.05.01 2026.11.23", "", "1.2.0", ""},
		{"no commits", "1.2.0 0a1b2c3 sha-0a1b2c3 9.9.9-0a1b2c3d gabcdef1 main-0a1b2c3", "", "1.2.0", ""},
		{"no moving names", "0.1.0 latest stable main edge develop", "", "0.1.0", ""},
		{"no signatures", "0.1.0 sha256-" + strings.Repeat("9", 64) + ".sig", "", "0.1.0", ""},
		{"no pull requests", "0.1.0 pr-1234 pull-99.1", "", "0.1.0", ""},
		{"by calendar", "2026.10.3 2026.11.2 2026.11.0 0.118.5", "", "2026.11.2", "0.118.5"},
		{"by calendar, once otherwise", "2025.08.0 v5.8.1 2024.07.0", "", "2025.08.0", "v5.8.1"},
		{"by calendar alone", "2024.8.3 2024.10.1 2024.10.0", "", "2024.10.1", ""},
		{"builds of one version", "4.0.15-ls280 4.0.15-ls99 4.0.14-ls300 latest", "", "4.0.15-ls280", ""},
		{"a plain version before builds", "4.0.15-ls280 4.0.15 version-4.0.15.2941", "", "4.0.15", ""},
		{"builds with a number", "1.2.3-1 1.2.3-12 1.2.3-2", "", "1.2.3-12", ""},
		{"builds before words", "1.2.3-r1 1.2.4-alpine version-1.2.5", "", "1.2.3-r1", ""},
		{"a word before", "version-1.2.5 version-1.2.10 latest", "", "version-1.2.10", ""},
		{"variants", "1.2.3-alpine 1.2.4-alpine latest", "", "1.2.4-alpine", ""},
		{"machines", "amd64-1.2.3 arm64v8-1.2.3 1.2.2", "", "1.2.2", ""},
		{"nothing but candidates", "1.0.0-rc1 1.0.0-rc2 1.0.0-beta.9", "", "1.0.0-rc2", prerelease},
		{"nothing but dates", "20261101 20261030 latest", "", "20261101", date},
		{"nothing but dates with dashes", "2026-11-01 2026-10-30 RELEASE.2026-10-30T00-00-00Z", "", "2026-11-01", date},
		{"nothing but days as versions", "2026.05.01 2026.11.23", "", "2026.11.23", date},
		{"nothing but dates with commits", "2025.5.8-7ca24eee4 2025.5.9-0ca24eee4", "", "2025.5.9-0ca24eee4", commit},
		{"candidates before dates", "1.0.0-rc1 20261101", "", "1.0.0-rc1", prerelease},
		{"nothing but what moves", "latest main edge", "", "latest", "no tag is a version, and latest moves"},
		{"stable before latest", "latest stable", "", "stable", "no tag is a version, and stable moves"},
		{"nothing but commits", "0a1b2c3 1b2c3d4", "", "0a1b2c3", "no tag is a version"},
		{"nothing but words", "foo bar", "", "bar", "no tag is a version"},
		{"nothing", "", "", "", ""},
		{"nothing usable", "sha256-" + strings.Repeat("0", 64) + " -x .y", "", "", ""},

		{"like alpine", "17.2 17.1-alpine 17.2-alpine 18.0 17.2-alpine3.20", "16.0-alpine", "17.2-alpine", ""},
		{"like alpine with its version", "17.2-alpine 17.2-alpine3.20 17.2-alpine3.9", "16.0-alpine3.19", "17.2-alpine3.20", ""},
		{"like three numbers", "1.2.3.4 1.2.3 1.2", "1.0.0", "1.2.3", ""},
		{"like with v", "v1.2.3 1.9.0", "v1.0.0", "v1.2.3", ""},
		{"like a candidate", "1.2.3 1.3.0-rc1 1.3.0-rc10 1.3.0-rc2", "1.0.0-rc1", "1.3.0-rc10", ""},
		{"like a date", "1.2.3 RELEASE.2026-11-01T01-02-03Z RELEASE.2026-11-10T01-02-03Z", "RELEASE.2025-01-01T00-00-00Z", "RELEASE.2026-11-10T01-02-03Z", ""},
		{"like nothing there", "1.2.3", "1.0.0-debian", "1.2.3", "no tag is like 1.0.0-debian"},
		{"like a word", "1.2.3 rootless", "rootless", "rootless", "rootless names no version, so it moves"},
		{"like a word that is not there", "1.2.3", "rootless", "1.2.3", "no tag is like rootless"},
		{"like nothing, of nothing stable", "latest", "1.0.0", "latest", "no tag is like 1.0.0, which the catalog wants; no tag is a version, and latest moves"},
		{"like something, of nothing", "", "1.0.0", "", "no tag is like"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tags := strings.Fields(tt.tags)
			c, ok := image.Choose(tags, tt.example)
			require.Equal(t, tt.want, c.Tag)
			require.Equal(t, tt.want != "", ok)
			if tt.warning == "" {
				require.Empty(t, c.Warning)
			} else {
				require.Contains(t, c.Warning, tt.warning)
			}
			require.Equal(t, ok, c.Reason != "")
			for range 5 {
				rand.Shuffle(len(tags), func(i, j int) { tags[i], tags[j] = tags[j], tags[i] })
				again, _ := image.Choose(append(tags, tags...), tt.example)
				require.Equal(t, c, again, "the order does not matter, nor who comes twice")
			}
		})
	}
}

func TestChooseReason(t *testing.T) {
	t.Parallel()
	c, _ := image.Choose([]string{"1.2.3", "1.2.4", "1.2"}, "")
	require.Equal(t, "newest of 2 versions like it", c.Reason)
	c, _ = image.Choose([]string{"1.2.3", "v1"}, "")
	require.Equal(t, "the only version like it", c.Reason)
	c, _ = image.Choose([]string{"1.2.3-alpine", "1.2.4-alpine"}, "1.0.0-alpine")
	require.Equal(t, "newest of 2 versions like 1.0.0-alpine", c.Reason)
}

func TestIsVersion(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1", "1.2.3", "v1.2", "1.2-alpine", "version-1.2.3", "2026-11-01", "nightly-1.2"} {
		require.True(t, image.IsVersion(text), text)
	}
	for _, text := range []string{"", "latest", "stable", "0a1b2c3d", "1.2.x", "-1", "1 2", "x1.2", strings.Repeat("1", 129)} {
		require.False(t, image.IsVersion(text), text)
	}
}

func FuzzChoose(f *testing.F) {
	f.Add("1.2.3 latest 1.2.3-rc1 v2 20240101 sha-0a1b2c3", "1.0.0")
	f.Add("1..2 1.-2 v.1 -- ..", "")
	f.Add("2024.05.01 2024.13.01 99999999999999999999.1", "2024.01.01")
	f.Fuzz(func(t *testing.T, list, example string) {
		tags := strings.Fields(list)
		c, ok := image.Choose(tags, example)
		if !ok {
			require.Empty(t, c.Tag)
			return
		}
		require.Contains(t, tags, c.Tag)
		require.NotEmpty(t, c.Reason)
		slices.Reverse(tags)
		again, _ := image.Choose(tags, example)
		require.Equal(t, c, again)
		if slices.Contains(tags, "1.2.3") && example == "" {
			require.NotEqual(t, "latest", c.Tag)
			require.True(t, image.IsVersion(c.Tag))
		}
	})
}
