{ config, lib, mylib, ... }:
let
  cfg = config.modules.users;
in
{
  options.modules.users = {
    groups = lib.mkOption { type = lib.types.attrs; default = { }; description = "Groups of the host."; };
    sharedGroups.enable = lib.mkEnableOption "the groups of more than one service";
    additionalUsers = lib.mkOption { type = lib.types.attrs; default = { }; description = "Users of the host."; };
  };

  config.users = {
    groups = lib.mkMerge [
      cfg.groups
      (lib.mkIf cfg.sharedGroups.enable (lib.mapAttrs (_: g: { gid = lib.mkDefault g.gid; }) mylib.serviceUids.sharedGroups))
    ];
    mutableUsers = false;
    users = cfg.additionalUsers;
  };
}
