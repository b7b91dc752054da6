# Radio - devices by radio
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "radio";
  description = "Radio";

  spec = {
    port = 8091;
    # renovate: datasource=docker depName=ghcr.io/x/radio
    image = "ghcr.io/x/radio:1.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Radio";
    function = "radio";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:8091/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:8091/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # small configuration files
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    extraOptions = { cfg, ... }: map (device: "--device=${device}:rw") cfg.devices ++ [
      # Groups of the host, by number: who is in them may open the devices.
      "--group-add=${toString config.users.groups.dialout.gid}"
    ];

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/store:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/data:ro"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Radio runs as.";
    };

    devices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Radio may read and write.";
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.radio.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:8091"
    ];

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-radio" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" ];
    };
  };
}
