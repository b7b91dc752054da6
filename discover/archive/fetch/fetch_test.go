package fetch_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/archive/fetch"
)

// packed is an archive with one dashboard.
func packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	const text = `{"title": "Cars", "panels": []}`
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "cars-1.0.0/grafana/cars.json", Mode: 0o644, Size: int64(len(text))}))
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	return b.Bytes()
}

// internet answers for hosts by name, without any network.
type internet map[string]http.HandlerFunc

func (i internet) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := i[r.URL.Scheme+"://"+r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("dial %s: no such host", r.URL.Host)
	}
	recorder := httptest.NewRecorder()
	h(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, r.Context().Err()
}

const address = "https://forge.example/cars/archive/v1.0.0.tar.gz"

func send(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) }
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// options are those of tests: no network, and nothing is waited for.
func options(i internet) fetch.Options {
	return fetch.Options{Transport: i, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

// TestGet: it is followed to where the server keeps it, and what comes is
// hashed. The name is that of the address which was given.
func TestGet(t *testing.T) {
	data := packed(t)
	var asked []string
	var headers []http.Header
	o := options(internet{
		"https://forge.example": func(w http.ResponseWriter, r *http.Request) {
			headers = append(headers, r.Header)
			redirect("https://storage.example/sha?signature=secret")(w, r)
		},
		"https://storage.example": func(w http.ResponseWriter, r *http.Request) {
			headers = append(headers, r.Header)
			send(data)(w, r)
		},
	})
	o.UserAgent = "scaffold/1"
	o.OnRequest = func(method, host, path string) { asked = append(asked, method+" "+host+path) }
	a, err := fetch.Get(t.Context(), address, o)
	require.NoError(t, err)
	want, err := archive.Read(address, data, archive.Limits{})
	require.NoError(t, err)
	require.Equal(t, want, a)
	require.Equal(t, []string{"GET forge.example/cars/archive/v1.0.0.tar.gz", "GET storage.example/sha"}, asked)
	for _, h := range headers {
		require.Equal(t, http.Header{"User-Agent": {"scaffold/1"}, "Accept": {"*/*"}, "Accept-Encoding": {"identity"}}, h, "nothing else is sent")
	}
}

// TestFailures: each kind, with what to do, and no control characters.
func TestFailures(t *testing.T) {
	data := packed(t)
	chain := internet{}
	for n := range 9 {
		chain[fmt.Sprintf("https://h%d.example", n)] = redirect(fmt.Sprintf("https://h%d.example/x.tar.gz", n+1))
	}
	at := func(h http.HandlerFunc) internet { return internet{"https://forge.example": h} }
	for name, c := range map[string]struct {
		internet internet
		address  string
		kind     fetch.Kind
		says     string
	}{
		"no such host":        {internet{}, address, fetch.Unreachable, "download " + address + ": dial forge.example: no such host; see whether it can be reached"},
		"not there":           {at(status(404)), address, fetch.Absent, "not publicly there (404 not found)"},
		"private":             {at(status(401)), address, fetch.Absent, "(401 unauthorized), and no login is ever sent; see whether the address is right"},
		"forbidden":           {at(status(403)), address, fetch.Absent, "403 forbidden"},
		"too often":           {at(status(429)), address, fetch.Limited, "429 too many requests; wait"},
		"broken server":       {at(status(500)), address, fetch.Unreachable, "500 internal server error"},
		"nothing in it":       {at(status(204)), address, fetch.Unreachable, "204 no content"},
		"a login page":        {at(send([]byte("<html>"))), address, fetch.NoArchive, "is it a page that asks for a login?"},
		"too large":           {at(send(bytes.Repeat([]byte("x"), 5000))), address, fetch.TooLarge, "the answer has more than the 4096 bytes that are allowed"},
		"says to be large":    {at(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999") }), address, fetch.TooLarge, "the answer has 99999 bytes, and 4096 are allowed"},
		"unpacks to much":     {at(send(bomb(t))), address, fetch.NoArchive, "it unpacks to more than the 8192 bytes"},
		"to this machine":     {at(redirect("http://127.0.0.1/x.tar.gz")), address, fetch.Refused, "sends to 127.0.0.1, an address that is not public"},
		"to the network":      {at(redirect("https://192.168.1.1/x.tar.gz")), address, fetch.Refused, "not public"},
		"to metadata":         {at(redirect("https://169.254.169.254/latest")), address, fetch.Refused, "not public"},
		"written otherwise":   {at(redirect("https://0x7f.1/")), address, fetch.Refused, "not public"},
		"not encrypted":       {at(redirect("http://storage.example/x")), address, fetch.Refused, "without encryption"},
		"to a file":           {at(redirect("file:///etc/passwd")), address, fetch.Refused, `begins with "file"`},
		"with a password":     {at(redirect("https://u:p@storage.example/x")), address, fetch.Refused, "a password in it"},
		"too many redirects":  {chain, "https://h0.example/x.tar.gz", fetch.Refused, "h0.example redirects more than 5 times"},
		"redirect to nowhere": {at(status(302)), address, fetch.Unreachable, "302"},
		"no address":          {internet{}, "x.tar.gz", fetch.BadAddress, "does not begin with https://"},
		"of another kind":     {internet{}, "ftp://forge.example/x.tar.gz", fetch.BadAddress, "does not begin with https://"},
		"a password":          {internet{}, "https://me:hunter2@forge.example/x.tar.gz", fetch.BadAddress, "an address with a password in it is not asked"},
		"no archive by name":  {internet{}, "https://forge.example/x.tar.xz", fetch.BadAddress, "ends neither in .tar.gz"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(c.internet)
			o.Limits.Archive = archive.Limits{Packed: 4096, Unpacked: 8192}
			a, err := fetch.Get(t.Context(), c.address, o)
			require.Nil(t, a)
			var e *fetch.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, c.kind, e.Kind, "%v", err)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	require.Less(t, len(data), 4096)
}

// bomb is small, and unpacks to more than is allowed.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "x", Mode: 0o644, Size: 1 << 20}))
	_, err := w.Write(make([]byte, 1<<20))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, z.Close())
	return b.Bytes()
}

// TestPlainHTTP: only where the address says so, and not back from https.
func TestPlainHTTP(t *testing.T) {
	data := packed(t)
	o := options(internet{"http://forge.example": send(data), "https://forge.example": redirect("http://forge.example/x.tar.gz")})
	_, err := fetch.Get(t.Context(), "http://forge.example/x.tar.gz", o)
	require.NoError(t, err)
	_, err = fetch.Get(t.Context(), "https://forge.example/x.tar.gz", o)
	require.ErrorContains(t, err, "without encryption")
	o = options(internet{"http://forge.example": redirect("http://other.example/x"), "http://other.example": send(data)})
	_, err = fetch.Get(t.Context(), "http://forge.example/x.tar.gz", o)
	require.ErrorContains(t, err, "other.example is not asked without encryption", "only of the host that was named")
	o = options(internet{"https://localhost": redirect("http://localhost/x"), "http://localhost": send(data)})
	_, err = fetch.Get(t.Context(), "https://localhost/x.tar.gz", o)
	require.ErrorContains(t, err, "localhost sends to localhost, which is not encrypted")
}

// TestHostileServer: what a server says in its answer stays off the terminal.
func TestHostileServer(t *testing.T) {
	o := options(nil)
	o.Transport = roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("\x1b[2J\u202e%s\n\x07", strings.Repeat("x", 9000))
	})
	_, err := fetch.Get(t.Context(), address, o)
	require.Error(t, err)
	require.NotRegexp(t, `[\x00-\x1f\x7f\x{202e}]`, err.Error())
	require.Less(t, len(err.Error()), 600)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestAgain: what may pass is tried again, what will not is not.
func TestAgain(t *testing.T) {
	data := packed(t)
	for code, want := range map[int]int{503: 3, 502: 3, 429: 3, 404: 1, 500: 1} {
		tries := 0
		_, err := fetch.Get(t.Context(), address, options(internet{"https://forge.example": func(w http.ResponseWriter, r *http.Request) {
			tries++
			status(code)(w, r)
		}}))
		require.Error(t, err)
		require.Equal(t, want, tries, code)
	}
	tries := 0
	_, err := fetch.Get(t.Context(), address, options(internet{"https://forge.example": func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries == 1 {
			status(503)(w, r)
			return
		}
		send(data)(w, r)
	}}))
	require.NoError(t, err)
}

// TestTime: neither silence nor a trickle is waited for longer than is allowed,
// and who interrupts is obeyed at once.
func TestTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.Contains(r.URL.Path, "interrupted") {
			cancel()
		}
		if strings.Contains(r.URL.Path, "trickle") {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte{0x1f})
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	for _, path := range []string{"/silent.tar.gz", "/trickle.tar.gz"} {
		_, err := fetch.Get(t.Context(), server.URL+path, fetch.Options{Limits: fetch.Limits{Total: 100 * time.Millisecond}})
		require.ErrorContains(t, err, "no whole answer in time; try again")
	}
	require.LessOrEqual(t, asked.Load(), int64(2), "on a busy machine the time may be over before anything was asked")
	asked.Store(0)
	_, err := fetch.Get(ctx, server.URL+"/interrupted.tar.gz", fetch.Options{})
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 1, asked.Load())
}

// TestCutOff: an answer that ends early is none.
func TestCutOff(t *testing.T) {
	data := packed(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:len(data)/2])
	}))
	t.Cleanup(server.Close)
	_, err := fetch.Get(t.Context(), server.URL+"/x.tar.gz", fetch.Options{})
	var e *fetch.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, fetch.Unreachable, e.Kind)
	require.ErrorContains(t, err, "the answer is cut off; try again")
}

// TestAsItIs: an archive that a server says to have compressed on the way is
// hashed as it came, which is what Nix would receive.
func TestAsItIs(t *testing.T) {
	data := packed(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-tar")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.Copy(w, bytes.NewReader(data))
	}))
	t.Cleanup(server.Close)
	a, err := fetch.Get(t.Context(), server.URL+"/x.tar.gz", fetch.Options{})
	require.NoError(t, err)
	require.Len(t, a.Folders, 1)
}

// TestNoHole: with the network as it is in use, a name that leads to this
// machine is not followed there unless it was given.
func TestNoHole(t *testing.T) {
	data := packed(t)
	var inside atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/away") {
			http.Redirect(w, r, "https://169.254.169.254/latest/x.tar.gz", http.StatusFound)
			return
		}
		inside.Add(1)
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	_, err := fetch.Get(t.Context(), server.URL+"/x.tar.gz", fetch.Options{})
	require.NoError(t, err, "the user named it")
	_, err = fetch.Get(t.Context(), server.URL+"/away.tar.gz", fetch.Options{})
	require.ErrorContains(t, err, "169.254.169.254, an address that is not public")
	require.EqualValues(t, 1, inside.Load())
}
