package registry_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/registry"
)

func TestNextPage(t *testing.T) {
	t.Parallel()
	const at = "https://ghcr.io/v2/a/b/tags/list?n=1000"
	for link, want := range map[string]string{
		"": "", "nonsense": "", "<>": "", `</v2/a/b/tags/list?last=x&n=1000>; rel="next"`: "https://ghcr.io/v2/a/b/tags/list?last=x&n=1000",
		`<https://ghcr.io/v2/a/b/tags/list?last=x>; rel="next"`: "https://ghcr.io/v2/a/b/tags/list?last=x", ` <?last=y>`: "https://ghcr.io/v2/a/b/tags/list?last=y",
	} {
		next, err := registry.NextPage(link, at)
		require.NoError(t, err)
		require.Equal(t, want, next)
	}
	for _, link := range []string{"<http://ghcr.io/v2/x>", "<https://example.org/>", "<//example.org/>", "<https://ghcr.io:444/>", "<https://u@ghcr.io/>", "<file:///etc/passwd>", "<%zz>"} {
		_, err := registry.NextPage(link, at)
		require.Error(t, err, link)
	}
}

func FuzzNextPage(f *testing.F) {
	f.Add(`</v2/a/b/tags/list?last=x>; rel="next"`)
	f.Add(`<//example.org\@ghcr.io/>`)
	f.Fuzz(func(t *testing.T, link string) {
		next, err := registry.NextPage(link, "https://ghcr.io/v2/a/b/tags/list?n=1000")
		if err == nil && next != "" {
			u, err := url.Parse(next)
			require.NoError(t, err)
			require.Equal(t, "https ghcr.io", u.Scheme+" "+u.Host)
		}
	})
}
