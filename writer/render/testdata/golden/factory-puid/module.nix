# Bazarr - subtitles
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "bazarr";
  description = "Bazarr";

  spec = {
    port = 6767;
    # renovate: datasource=docker depName=lscr.io/linuxserver/bazarr
    image = "lscr.io/linuxserver/bazarr:1.5.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Bazarr";
    function = "bazarr";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:6767/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:6767/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # SQLite: pages are small
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    # The image starts as root and takes the ids as variables.
    runAsRoot = true;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/config:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Bazarr runs as.";
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.bazarr.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:6767"
    ];

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-bazarr" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" ];
    };
  };
}
