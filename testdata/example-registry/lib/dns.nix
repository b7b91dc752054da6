{ lib }:
{
  # A record for every enabled virtual host that is published.
  recordsOf = config: lib.mapAttrsToList
    (_: v: { name = v.hostName; type = v.cloudflare.dns.recordType; value = config.my.hostIp; })
    (lib.filterAttrs (_: v: v.enable && v.cloudflare.dns.register) config.modules.services.caddy.virtualHosts);
}
