# qBittorrent, in a container. Peers reach it directly, people through the proxy.
{ lib, mylib, pkgs, config, podmanLib, ... }:
mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;
  name = "qbittorrent";
  description = "qBittorrent";

  spec = {
    port = 8085;
    image = "ghcr.io/home-operations/qbittorrent:5.1.4@sha256:9c1d5a8f0e7b6c5d4a3f2e1d0c9b8a7f6e5d4c3b2a1f0e9d8c7b6a5f4e3d2c1b";
    operationalProfile = "downloads";
    displayName = "qBittorrent";
    healthEndpoint = "/api/v2/app/version";
    zfsRecordSize = "16K";
    environment = { cfg, ... }: {
      QBT_WEBUI_PORT = toString cfg.port;
      QBT_TORRENTING_PORT = toString cfg.torrentPort;
    };
    volumes = cfg: [ "${cfg.mediaDir}:/data:rw" ];
  };

  extraOptions.torrentPort = lib.mkOption {
    type = lib.types.port;
    default = 61144;
    description = "Port of BitTorrent.";
  };

  extraConfig = cfg: {
    modules.services.qbittorrent.extraPorts = [{ port = cfg.torrentPort; }];
  };
}
