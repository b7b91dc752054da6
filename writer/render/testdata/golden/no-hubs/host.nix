# Linkding - bookmark manager
#
# It has its own login.
# No dataset: the host has no option that makes datasets; the folder is made
# instead.
# No backup or snapshots: the host library has no helper for it.
# No restore before the first start: the repo has no helper for it.
# No reverse proxy: the host has no reverse proxy that services register with.
# No dashboard: the host has no dashboard.
# No black-box check: the host has no black-box check that services register
# with.
# No alert: the host library has none for units of this kind.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

{
  config = lib.mkMerge [
    {
      modules.services.linkding = {
        enable = true;
      };
    }
  ];
}
