# Sonarr, in a container. It knows one user; the proxy signs people in.
{ lib, mylib, pkgs, config, podmanLib, ... }:
mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;
  name = "sonarr";
  description = "Sonarr";

  spec = {
    port = 8989;
    image = "ghcr.io/home-operations/sonarr:4.0.16.2943@sha256:5f2b7b0c2dd0a7c9e4a98d7f7d5e3d6d4b1c6f0d7a4b8e1f3c2a5d6e7f8091a2";
    operationalProfile = "media";
    displayName = "Sonarr";
    function = "series";
    healthEndpoint = "/ping";
    zfsRecordSize = "16K"; # SQLite
    environmentFiles = [ config.sops.templates."sonarr-env".path ];
    environment = { usesExternalAuth, ... }: {
      SONARR__AUTH__METHOD = if usesExternalAuth then "External" else "Forms";
    };
    volumes = cfg: [ "${cfg.mediaDir}:/data:rw" ];
  };
}
