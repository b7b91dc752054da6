# ZFS datasets that services declare; one unit makes them.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.storage.datasets;

  recordsize = types.addCheck types.str (s: builtins.match "[0-9]+[KMGTP]" s != null) // {
    description = "ZFS record size, as 16K or 1M";
  };
  compression = types.enum [ "on" "off" "lz4" "lzjb" "gzip" "gzip-1" "gzip-2" "gzip-3" "gzip-4" "gzip-5" "gzip-6" "gzip-7" "gzip-8" "gzip-9" "zstd" "zstd-fast" "zle" ];

  dataset = mountpoint: types.attrsOf (types.submodule {
    options = {
      recordsize = mkOption { type = recordsize; default = "128K"; description = "Record size: 16K for SQLite and small files, 1M for large ones."; };
      compression = mkOption { type = compression; default = "lz4"; description = "Compression."; };
      properties = mkOption { type = types.attrsOf types.str; default = { }; description = "Further properties."; };
      inherit mountpoint;
      owner = mkOption { type = types.str; default = "root"; description = "Owner of the mount point."; };
      group = mkOption { type = types.str; default = "root"; description = "Group of the mount point."; };
      mode = mkOption { type = types.str; default = "0750"; description = "Permissions of the mount point."; };
      rootOwnedReason = mkOption { type = types.nullOr types.str; default = null; description = "Why root owns it."; };
      protection = mkOption { type = types.nullOr mylib.types.protectionPolicySubmodule; default = null; description = "How well it is protected."; };
    };
  });

  mountpointOf = name: d: if d.mountpoint == null then "${cfg.parentMount}/${name}" else d.mountpoint;
  create = path: mountpoint: d:
    let
      properties = { inherit (d) recordsize compression; inherit mountpoint; } // d.properties;
    in
    ''
      zfs list -H ${lib.escapeShellArg path} >/dev/null 2>&1 || zfs create -p ${lib.escapeShellArg path}
      ${lib.concatStringsSep "\n" (lib.mapAttrsToList (k: v: "zfs set ${lib.escapeShellArg "${k}=${v}"} ${lib.escapeShellArg path}") properties)}
    '';
in
{
  options.modules.storage.datasets = {
    enable = lib.mkEnableOption "ZFS datasets of services";
    parentDataset = mkOption { type = types.str; default = "rpool/safe/persist"; example = "tank/services"; description = "Dataset above those of services."; };
    parentMount = mkOption { type = types.str; default = "/srv"; description = "Where datasets without a mount point are mounted."; };
    services = mkOption {
      type = dataset (mkOption { type = types.nullOr types.str; default = null; description = "Mount point; null is below parentMount."; });
      default = { };
      description = "Datasets of services, by name.";
    };
    utility = mkOption {
      type = dataset (mkOption { type = types.str; default = "none"; description = "Mount point."; });
      default = { };
      description = "Other datasets, by full path.";
    };
  };

  config = lib.mkIf cfg.enable {
    warnings = lib.mapAttrsToList
      (name: _: "modules.storage.datasets.services.${name} belongs to root; set its owner, or rootOwnedReason.")
      (lib.filterAttrs (_: d: d.owner == "root" && d.rootOwnedReason == null) cfg.services);

    systemd.services.zfs-service-datasets = {
      description = "Datasets of services";
      wantedBy = [ "multi-user.target" ];
      after = [ "zfs-import.target" ];
      path = [ pkgs.zfs ];
      serviceConfig = { Type = "oneshot"; RemainAfterExit = true; };
      script = lib.concatStrings (
        lib.mapAttrsToList (path: d: create path d.mountpoint d) cfg.utility
        ++ lib.mapAttrsToList (name: d: create "${cfg.parentDataset}/${name}" (mountpointOf name d) d) cfg.services
      );
    };

    systemd.tmpfiles.rules = lib.mapAttrsToList
      (name: d: "d ${mountpointOf name d} ${d.mode} ${d.owner} ${d.group} - -")
      (lib.filterAttrs (_: d: d.mountpoint != "none" && d.mountpoint != "legacy") cfg.services);
  };
}
