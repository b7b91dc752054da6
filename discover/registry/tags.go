package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"holthome.net/scaffold/discover/egress"
)

// tagPage is how many tags are asked for at once.
const tagPage = 1000

// tags lists the tags. Where a list does not end, or breaks off after it began,
// it is what was received, and whole is false.
func (s *session) tags(ctx context.Context) (tags []string, whole bool, err error) {
	next := s.address("tags", "list") + fmt.Sprintf("?n=%d", tagPage)
	known := map[string]bool{}
	for range s.limits.Pages {
		page, after, err := s.tagPage(ctx, next)
		if err != nil {
			if len(tags) > 0 && ctx.Err() == nil {
				return tags, false, nil
			}
			return nil, false, err
		}
		before := len(tags)
		for _, t := range page {
			if !known[t] && len(tags) < s.limits.Tags {
				known[t] = true
				tags = append(tags, t)
			}
		}
		switch {
		case after == "":
			return tags, true, nil
		case len(tags) == before || len(tags) >= s.limits.Tags:
			return tags, false, nil
		}
		next = after
	}
	return tags, false, nil
}

// tagPage gets one page and the address of the next.
func (s *session) tagPage(ctx context.Context, address string) (tags []string, next string, err error) {
	response, err := s.get(ctx, address, "application/json", s.limits.TagPage)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, "", err
	}
	var page struct{ Tags []string }
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", egress.Refuse("it answered with %s that is no list of tags; is there a login page in between?", contentType(response))
	}
	next, err = nextPage(response.Header.Get("Link"), address)
	return page.Tags, next, err
}

// nextPage reads the Link header. The next page must be on the same host.
func nextPage(link, address string) (string, error) {
	target, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(link), "<"), ">")
	if !ok || target == "" {
		return "", nil
	}
	base, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	next, err := base.Parse(target)
	if err != nil {
		return "", egress.Refuse("the address of its next page of tags is none")
	}
	if next.Scheme != base.Scheme || next.Host != base.Host || next.User != nil {
		return "", egress.Refuse("its next page of tags is on another host, %s", next.Host)
	}
	return next.String(), nil
}
