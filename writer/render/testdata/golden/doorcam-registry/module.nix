# Doorcam - cameras and what they see
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "doorcam";
  description = "Doorcam";

  spec = {
    port = 5000;
    # renovate: datasource=docker depName=ghcr.io/example/doorcam
    image = "ghcr.io/example/doorcam:0.16.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Doorcam";
    function = "doorcam";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:5000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:5000/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # large files that are read from end to end
    zfsRecordSize = "1M";
    zfsCompression = "zstd";

    resources = {
      memory = "4G";
      memoryReservation = "2G";
      cpus = "4";
    };

    extraOptions = { cfg, ... }: map (device: "--device=${device}:rw") cfg.devices ++ [
      # Groups of the host, by number: who is in them may open the devices.
      "--group-add=${toString config.users.groups.render.gid}"
      "--group-add=${toString config.users.groups.dialout.gid}"
      # What it may do beyond others of its kind: read performance counters, for decoding video and detecting objects.
      "--cap-add=PERFMON"
      # More shared memory than the engine gives by itself, for decoding video and detecting objects.
      "--shm-size=512M"
    ];

    environment = { cfg, ... }: {
      MQTT_HOST = cfg.mqtt.host;
      MQTT_USER = cfg.mqtt.username;
    };

    environmentFiles = lib.optional (config.modules.services.doorcam.environmentFile != null) config.modules.services.doorcam.environmentFile;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}/config:/config:rw"
      "${cfg.dataDir}/doorcam:/media/doorcam:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/media/archive:ro"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Doorcam runs as.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Doorcam, as environment variables.";
    };

    devices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Doorcam may read and write.";
    };

    mqtt = {
      enable = lib.mkEnableOption "the account at the message broker";

      registerIntegration = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = "Whether the broker of this host is told of the account.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where Doorcam finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "doorcam";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "doorcam/#" ];
        description = "Topics that the account may read and write.";
      };
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.doorcam.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:5000"
    ];

    modules.services.emqx.integrations.doorcam =
      lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "doorcam" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Doorcam";
          }
        ];
      };

    # Writes what the alert on a check that is no longer made asks for.
    systemd.services.doorcam-healthcheck = {
      description = "Check of Doorcam";
      startAt = "minutely";
      path = [ pkgs.curl ];
      script = ''
        up=0
        if curl -sS -o /dev/null -m 10 "http://127.0.0.1:${toString cfg.port}/"; then
          up=1
        fi
        file=/var/lib/node_exporter/textfile_collector/doorcam-healthcheck.prom
        {
          echo "doorcam_up $up"
          echo "doorcam_last_check_timestamp $(date +%s)"
        } > "$file.new"
        mv "$file.new" "$file"
      '';
      serviceConfig = {
        Type = "oneshot";
        # The account that reads the file.
        User = "node-exporter";
        Group = "node-exporter";
        UMask = "0027";
        NoNewPrivileges = true;
        PrivateTmp = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        ReadWritePaths = [ "/var/lib/node_exporter/textfile_collector" ];
      };
    };

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-doorcam" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      wants = [ "zfs-service-datasets.service" "podman-emqx.service" ];
      after = [ "zfs-service-datasets.service" "podman-emqx.service" ];
      # Each folder must be there before the container sees it, and belong to who owns the data.
      preStart = ''
        cd ${cfg.dataDir}
        mkdir -p config doorcam
        chown --reference=. config doorcam
        chmod 0750 config doorcam
      '';
    };
  };
}
