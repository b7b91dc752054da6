{ config, ... }:
{
  modules.services.caddy.enable = true;
  services.caddy = {
    email = "acme@${config.networking.domain}";
    environmentFile = config.sops.templates."caddy-env".path;
  };
}
