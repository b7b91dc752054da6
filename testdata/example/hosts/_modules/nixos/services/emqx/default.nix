# MQTT broker in a container; services declare users and what they may do.
{ config, lib, pkgs, podmanLib, ... }:
let
  inherit (lib) mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  cfg = config.modules.services.emqx;
  sub = options: types.submodule { inherit options; };
  backend = config.virtualisation.oci-containers.backend;
  all = attr: lib.concatMap (i: i.${attr}) (lib.attrValues cfg.integrations);
in
{
  options.modules.services.emqx = {
    enable = lib.mkEnableOption "the MQTT broker";
    image = mkOption { type = types.str; default = "docker.io/emqx/emqx:5.8.6@sha256:3b9cb0e0d5c5a2d1f6d1c0d9a0f3a5d2b47b7f7f2b1ce0c7f6a9f5e2c8d4b1a0"; description = "Image, by tag and digest."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/emqx"; description = "Data directory."; };
    user = mkOption { type = types.str; default = "946"; description = "Id of the user."; };
    group = mkOption { type = types.str; default = "emqx"; description = "Group."; };
    listeners = {
      mqtt = mkOption { type = types.port; default = 1883; description = "Port of MQTT."; };
      dashboard = mkOption { type = types.port; default = 18083; description = "Port of the dashboard."; };
    };
    integrations = mkOption {
      default = { };
      description = "Users and rules, by service.";
      type = types.attrsOf (sub {
        users = mkOption {
          default = [ ];
          description = "Users.";
          type = types.listOf (sub {
            username = mkOption { type = types.str; description = "Name."; };
            passwordFile = mkOption { type = types.path; description = "File with the password."; };
            tags = mkOption { type = types.listOf types.str; default = [ ]; description = "Tags."; };
          });
        };
        acls = mkOption {
          default = [ ];
          description = "Rules.";
          type = types.listOf (sub {
            permission = mkOption { type = types.enum [ "allow" "deny" ]; default = "allow"; description = "Whether it is allowed."; };
            action = mkOption { type = types.enum [ "publish" "subscribe" "all" "pubsub" ]; default = "pubsub"; description = "What is done."; };
            subject = {
              kind = mkOption { type = types.enum [ "user" "clientid" "ipaddr" "all" ]; default = "user"; description = "Kind of subject."; };
              value = mkOption { type = types.nullOr types.str; default = null; description = "Subject."; };
            };
            topics = mkOption { type = types.listOf types.str; default = [ ]; description = "Topics."; };
            comment = mkOption { type = types.nullOr types.str; default = null; description = "Comment."; };
          });
        };
      });
    };
    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };
  };

  config = lib.mkIf cfg.enable {
    users.users.emqx = { isSystemUser = true; uid = lib.toInt cfg.user; inherit (cfg) group; description = "EMQX"; };
    users.groups.${cfg.group}.gid = 946;

    modules.storage.datasets.services.emqx = {
      mountpoint = cfg.dataDir;
      recordsize = "16K";
      compression = "zstd";
      properties."com.sun:auto-snapshot" = "true";
      owner = "emqx";
      inherit (cfg) group;
    };

    virtualisation.oci-containers.containers.emqx = podmanLib.mkContainer "emqx" {
      inherit (cfg) image;
      volumes = [
        "${cfg.dataDir}:/opt/emqx/data:rw"
        "/run/emqx/acl.json:/opt/emqx/etc/acl.json:ro"
      ];
      ports = [
        "${toString cfg.listeners.mqtt}:1883"
        "127.0.0.1:${toString cfg.listeners.dashboard}:18083"
      ];
      resources = { memory = "512M"; memoryReservation = "256M"; cpus = "1.0"; };
      extraOptions = [ "--user=${cfg.user}:946" ];
    };

    # Passwords are numbered, as two services may have a user of one name.
    systemd.services."${backend}-emqx" = {
      serviceConfig.LoadCredential = lib.imap1 (i: user: "emqx_user_${user.username}_${toString i}:${toString user.passwordFile}") (all "users");
      preStart = ''
        install -D -m 0640 ${pkgs.writeText "emqx-acl.json" (builtins.toJSON (all "acls"))} /run/emqx/acl.json
      '';
    };
  };
}
