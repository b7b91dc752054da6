package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holthome.net/scaffold/discover/catalog"
	"holthome.net/scaffold/discover/image"
	"holthome.net/scaffold/discover/registry"
)

// imageResult is what image --json prints; its form is docs/image.schema.json.
type imageResult struct {
	Schema int `json:"schema"`
	// Service is the catalog's name of what was asked for, empty for a reference.
	Service  string `json:"service,omitempty"`
	Platform string `json:"platform"`
	*image.Image
	Follows  image.Follows `json:"follows"`
	Requests int           `json:"requests"`
}

func (a *app) imageCommand() *cobra.Command {
	var platform string
	c := &cobra.Command{
		Use:   "image <reference|service>",
		Short: "Find an image, pin it, and show what follows from it",
		Long: `image asks registries for an image: the newest stable version, its digest, the
platforms it is made for, and what its config says of ports, data, user and
health. A service is looked up in the catalog. A reference is registry/name,
with :tag or @digest if that is settled. Only what is public is found, unless
--registry-login is given.`,
		Example: `  scaffold image linkding
  scaffold image ghcr.io/sissbruecker/linkding --platform linux/arm64 --json
  scaffold image docker.io/library/postgres:17.2`,
		Args: exactlyOne("reference or service"),
		ValidArgsFunction: func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.catalogNames(c.Context(), func(e *catalog.Entry) bool { return len(e.Images) > 0 }), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.image(c.Context(), args[0], registry.Query{Platform: platform, Tools: a.tools})
			if err != nil {
				return err
			}
			if a.json {
				return a.encode(r)
			}
			a.ui.image(r)
			return nil
		},
	}
	c.Flags().StringVar(&platform, "platform", "linux/amd64", "platform that the image must be made for")
	a.toolsFlag(c)
	return c
}

// toolsFlag is for commands that may list what is in an image.
func (a *app) toolsFlag(c *cobra.Command) {
	c.Flags().BoolVar(&a.tools, "tools", false, "see with which programs an image without health check can be checked; receives its layers")
}

// registryFlags are for every command that may ask a registry.
func (a *app) registryFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&a.mirrors, "registry-mirror", nil, "ask another host instead of a registry: ghcr.io=mirror.example.org[/path]")
	flags.BoolVar(&a.login, "registry-login", false, "use the logins of docker and podman where a registry refuses without")
}

// registry is the client for what the flags say.
func (a *app) registry() (*registry.Client, error) {
	o := registry.Options{
		Mirrors: map[string]string{}, Login: a.login, Offline: a.offline, UserAgent: "scaffold/" + Version,
		OnRequest: func(method, host, path string) {
			a.log.Debug().Str("method", method).Str("host", host).Str("path", path).Msg("asking registry")
		},
	}
	for _, m := range a.mirrors {
		from, to, err := registry.ParseMirror(m)
		if err != nil {
			return nil, err
		}
		o.Mirrors[from] = to
	}
	return registry.New(o)
}

// image looks up a service in the catalog, unless what is named is a reference.
func (a *app) image(ctx context.Context, what string, q registry.Query) (*imageResult, error) {
	client, err := a.registry()
	if err != nil {
		return nil, err
	}
	r := &imageResult{Schema: 1, Platform: q.Platform}
	port := 0
	if strings.ContainsAny(what, "/:@") {
		q.Repositories = []string{what}
	} else {
		services, err := a.catalog(ctx)
		if err != nil {
			return nil, err
		}
		entry := services.Find(what)
		switch {
		case entry == nil:
			return nil, fail(ExitUsage, "find image: no service %q is in the catalog; name an image as registry/name", what)
		case len(entry.Images) == 0:
			return nil, fail(ExitUsage, "find image: the catalog knows no image of %s; name one as registry/name", entry.Name)
		}
		r.Service, q.Repositories, q.Family, port = entry.Name, entry.Images, entry.Tag, entry.Port
	}
	if r.Image, err = client.Resolve(ctx, q); err != nil {
		return nil, err
	}
	r.Follows, r.Requests = r.Follow(port), client.Requests()
	return r, nil
}

// image prints what was found, the reference alone on the first line.
func (u *ui) image(r *imageResult) {
	u.print(u.bold(r.Reference))
	row := func(name, text, about string) {
		if text != "" {
			u.print(strings.TrimRight(fmt.Sprintf("  %-10s %s  %s", name, text, u.dim(about)), " "))
		}
	}
	concluded := func(name string, c *image.Conclusion) {
		if c != nil {
			row(name, c.Value, c.Reason+" ("+c.Evidence+")")
		}
	}
	about := r.Choice
	if r.Total > 0 {
		about += ", among " + counted(r.Total, "tag", "tags")
	}
	row("tag", r.Tag, about)
	if r.Warning != "" {
		row("warning", u.red(r.Warning), "")
	}
	row("platforms", strings.Join(r.Platforms, " "), "")
	concluded("web port", r.Follows.Port)
	row("ports", portsText(r.Config.Ports), "")
	row("data", strings.Join(r.Follows.DataDirs, " "), "mount all; what is written elsewhere is lost")
	concluded("ids", r.Follows.RunAs)
	concluded("health", r.Follows.Health)
	if r.Tools != nil {
		row("tools", strings.Join(slices.Concat(r.Tools, noneIfEmpty(r.Tools)), " "), "for a health check")
	}
	row("version", r.Follows.Version, "")
	row("source", r.Follows.Source, "")
	row("licence", r.Follows.Licence, "")
	row("about", r.Follows.Description, "")
	for _, x := range r.Rejected {
		row("not", x.Repository, x.Reason)
	}
}

func portsText(ports []image.Port) string {
	var list []string
	for _, p := range ports {
		list = append(list, fmt.Sprintf("%d/%s", p.Number, p.Protocol))
	}
	return strings.Join(list, " ")
}

func noneIfEmpty(list []string) []string {
	if len(list) == 0 {
		return []string{"none"}
	}
	return nil
}
