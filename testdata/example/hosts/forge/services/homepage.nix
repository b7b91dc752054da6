# Homepage: the dashboard, on the local network.
{ config, mylib, ... }:
{
  modules.services.homepage = {
    enable = true;
    environmentFile = config.sops.templates."homepage-env".path;
    reverseProxy = {
      enable = true;
      hostName = config.networking.domain;
      backend.port = 3003;
      extraConfig = mylib.caddy-helpers.lanOnly [ "10.0.0.0/8" "192.168.0.0/16" ];
    };
  };
}
