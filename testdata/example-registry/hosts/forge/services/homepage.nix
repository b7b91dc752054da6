# Homepage: the dashboard, on the local network.
{ config, ... }:
{
  modules.services.homepage = {
    enable = true;
    environmentFile = config.sops.templates."homepage-env".path;
    reverseProxy = {
      enable = true;
      hostName = config.networking.domain;
      backend.port = 3003;
      extraConfig = ''
        @outside not remote_ip 10.0.0.0/8 192.168.0.0/16
        respond @outside 403
      '';
    };
  };
}
