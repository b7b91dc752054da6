# Linkding - bookmark manager
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "linkding";
  description = "Linkding";

  spec = {
    # Not 8989, which sonarr has.
    port = 9089;
    containerPort = 9090;
    # renovate: datasource=docker depName=ghcr.io/sissbruecker/linkding
    image = "ghcr.io/sissbruecker/linkding:1.36.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Linkding";
    function = "linkding";

    healthCommand = "if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:9090/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:9090/health'; fi || exit 1";

    # SQLite: pages are small
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    environment = _: {
      LD_CONTEXT_PATH = "links/";
    };

    environmentFiles = lib.optional (config.modules.services.linkding.environmentFile != null) config.modules.services.linkding.environmentFile;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/etc/linkding/data:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/data:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Linkding runs as.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Linkding, as environment variables.";
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.linkding.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:9090"
    ];

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-linkding" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" ];
    };
  };
}
