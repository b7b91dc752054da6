package cmd

import (
	"context"
	"errors"

	"holthome.net/scaffold/discover/archive"
	"holthome.net/scaffold/discover/archive/fetch"
	"holthome.net/scaffold/plan"
)

// download is what came of asking for an archive. It is kept for the run alone:
// what is at an address may change, and a hash that is not of what is there now
// would only fail when it is built.
type download struct {
	archive *archive.Archive
	none    string // why there is none
}

// lookupArchive downloads the archive that the plan would know of. It tells
// whether there is news for the plan; each address is asked once.
func (a *app) lookupArchive(ctx context.Context, p *proposal) (news bool, err error) {
	w := p.plan.Wanted
	if w == nil {
		return false, nil
	}
	if _, asked := p.downloads[w.URL]; asked {
		return false, nil
	}
	d, err := a.download(ctx, w)
	if err != nil {
		return false, err
	}
	if p.downloads == nil {
		p.downloads = map[string]download{}
	}
	p.downloads[w.URL] = d
	return true, nil
}

// download asks for one archive. Where there is none and that is no error, it
// says why.
func (a *app) download(ctx context.Context, w *plan.Wanted) (download, error) {
	done := a.ui.during("downloading", w.URL)
	found, err := fetch.Get(ctx, w.URL, fetch.Options{
		UserAgent: "scaffold/" + Version,
		OnRequest: func(method, host, path string) {
			a.log.Debug().Str("method", method).Str("host", host).Str("path", path).Msg("downloading archive")
		},
	})
	done()
	if err == nil {
		return download{archive: found}, nil
	}
	var e *fetch.Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return download{}, err
	}
	// What the catalog proposes is no more than a proposal, unless nobody could be
	// asked at all.
	if w.Proposed && (e.Kind == fetch.Absent || e.Kind == fetch.TooLarge || e.Kind == fetch.NoArchive) {
		return download{none: err.Error()}, nil
	}
	if e.Kind != fetch.BadAddress {
		e.Hint += ", or say what it hashes to with --set " + w.Hash + "=sha256-..."
	}
	return download{}, e
}

// downloaded is the archive that the plan wanted last, as the plan takes it.
func (p *proposal) downloaded() (found *archive.Archive, none string) {
	if p.plan == nil || p.plan.Wanted == nil {
		return nil, ""
	}
	d := p.downloads[p.plan.Wanted.URL]
	return d.archive, d.none
}
