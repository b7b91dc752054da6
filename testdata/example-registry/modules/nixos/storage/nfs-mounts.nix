# NFS mounts that services depend on by name.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.storage.nfsMounts;
  enabled = lib.filterAttrs (_: m: m.enable) cfg;
in
{
  options.modules.storage.nfsMounts = mkOption {
    default = { };
    description = "NFS mounts, by name.";
    type = types.attrsOf (types.submodule ({ config, ... }: {
      options = {
        enable = lib.mkEnableOption "the mount";
        server = mkOption { type = types.str; description = "Server."; };
        remotePath = mkOption { type = types.str; description = "Path on the server."; };
        localPath = mkOption { type = types.str; description = "Path on this host."; };
        mountOptions = mkOption { type = types.listOf types.str; default = [ "nfsvers=4.2" "rw" "noatime" ]; description = "Mount options."; };
        automount = mkOption { type = types.bool; default = true; description = "Whether it is mounted when it is used."; };
        idleTimeout = mkOption { type = types.str; default = "10min"; description = "When it is unmounted again."; };
        mountTimeout = mkOption { type = types.str; default = "30s"; description = "How long mounting may take."; };
        owner = mkOption { type = types.str; default = "root"; description = "Owner of the mount point."; };
        group = mkOption { type = types.str; default = "root"; description = "Group of the mount point."; };
        mode = mkOption { type = types.str; default = "0755"; description = "Permissions of the mount point."; };
        mountUnitName = mkOption {
          type = types.str;
          internal = true;
          readOnly = true;
          default = "${lib.replaceStrings [ "/" ] [ "-" ] (lib.removePrefix "/" config.localPath)}.mount";
          description = "Unit of the mount.";
        };
      };
    }));
  };

  config = {
    fileSystems = lib.mapAttrs'
      (_: m: lib.nameValuePair m.localPath {
        device = "${m.server}:${m.remotePath}";
        fsType = "nfs";
        options = m.mountOptions ++ lib.optionals m.automount [
          "x-systemd.automount"
          "x-systemd.idle-timeout=${m.idleTimeout}"
          "x-systemd.mount-timeout=${m.mountTimeout}"
        ];
      })
      enabled;
    systemd.tmpfiles.rules = lib.mapAttrsToList (_: m: ''d "${m.localPath}" ${m.mode} ${m.owner} ${m.group} - -'') enabled;
    assertions = lib.mapAttrsToList
      (name: m: {
        assertion = lib.hasPrefix "/" m.localPath && lib.hasPrefix "/" m.remotePath;
        message = "NFS mount '${name}': both paths must be absolute.";
      })
      enabled;
  };
}
