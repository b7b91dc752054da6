# MQTT broker in a container; services declare accounts and what those may do.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.emqx;
  backend = config.virtualisation.oci-containers.backend;
  all = attr: lib.concatMap (i: i.${attr}) (lib.attrValues cfg.integrations);
  list = options: mkOption { default = [ ]; description = "Entries."; type = types.listOf (types.submodule { inherit options; }); };
  words = mkOption { type = types.listOf types.str; default = [ ]; description = "Words."; };
in
{
  options.modules.services.emqx = {
    enable = lib.mkEnableOption "the MQTT broker";
    integrations = mkOption {
      default = { };
      description = "Accounts and rules, by service.";
      type = types.attrsOf (types.submodule {
        options = {
          users = list {
            username = mkOption { type = types.str; description = "Name."; };
            passwordFile = mkOption { type = types.path; description = "File with the password."; };
            tags = words;
          };
          acls = list {
            permission = mkOption { type = types.enum [ "allow" "deny" ]; default = "allow"; description = "Whether it is allowed."; };
            action = mkOption { type = types.enum [ "publish" "subscribe" "all" "pubsub" ]; default = "pubsub"; description = "What is done."; };
            subject = {
              kind = mkOption { type = types.enum [ "user" "clientid" "ipaddr" "all" ]; default = "user"; description = "Kind of subject."; };
              value = mkOption { type = types.nullOr types.str; default = null; description = "Subject."; };
            };
            topics = words;
            comment = mkOption { type = types.nullOr types.str; default = null; description = "Comment."; };
          };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    virtualisation.oci-containers.containers.emqx = {
      image = "docker.io/emqx/emqx:5.8.6@sha256:3b9cb0e0d5c5a2d1f6d1c0d9a0f3a5d2b47b7f7f2b1ce0c7f6a9f5e2c8d4b1a0";
      ports = [ "1883:1883" ];
      volumes = [ "/run/emqx/acl.json:/opt/emqx/etc/acl.json:ro" ];
    };
    systemd.services."${backend}-emqx" = {
      serviceConfig.LoadCredential = lib.imap1 (i: u: "user_${toString i}:${toString u.passwordFile}") (all "users");
      preStart = ''
        install -D -m 0640 ${pkgs.writeText "acl.json" (builtins.toJSON (all "acls"))} /run/emqx/acl.json
      '';
    };
  };
}
