{ config, lib, ... }:
let
  cfg = config.modules.users;
in
{
  options.modules.users = {
    groups = lib.mkOption { type = lib.types.attrs; default = { }; description = "Groups of the host."; };
    additionalUsers = lib.mkOption { type = lib.types.attrs; default = { }; description = "Users of the host."; };
  };

  config.users = {
    inherit (cfg) groups;
    mutableUsers = false;
    users = cfg.additionalUsers;
  };
}
