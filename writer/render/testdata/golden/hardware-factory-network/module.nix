# Scout - finds machines
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "scout";
  description = "Scout";

  spec = {
    port = 8099;
    # renovate: datasource=docker depName=ghcr.io/x/scout
    image = "ghcr.io/x/scout:1.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "infrastructure";
    displayName = "Scout";
    function = "scout";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:8099/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:8099/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # small configuration files
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    extraOptions = _: [
      # What it may do beyond others of its kind: send and receive raw packets.
      "--cap-add=NET_RAW"
      # On the host's network: its ports are the host's own, and nothing is published.
      "--network=host"
      # More shared memory than the engine gives by itself.
      "--shm-size=64M"
    ];

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/data:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "scout";
      description = "Primary group of the account that Scout runs as.";
    };
  };

  extraConfig = cfg: {
    # Nothing is published on the host's network.
    virtualisation.oci-containers.containers.scout.ports = lib.mkForce [ ];

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-scout" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" ];
    };
  };
}
