{ lib
, mylib
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  helpers = (import ../storage/helpers-lib.nix {
    inherit lib;
    deep = { a = 1; };
  });
  cfg = config.modules.services.x;
in
{
  options.modules.services.x = {
    enable = lib.mkEnableOption "x";
    user = lib.mkOption {
      type = lib.types.str;
      default = "915";
    };
  };

  config = lib.mkIf cfg.enable (lib.mkMerge [
    { users.groups.x.gid = lib.mkDefault 915; }
    (if cfg.fast then { a.b = 1; } else { a.b = 2; })
  ]);
}
