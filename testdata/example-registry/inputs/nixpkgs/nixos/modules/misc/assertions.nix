{ lib, ... }:
{
  options = {
    assertions = lib.mkOption {
      type = lib.types.listOf lib.types.unspecified;
      internal = true;
      default = [ ];
      example = [{ assertion = false; message = "you can't enable this for that reason"; }];
      description = "What must hold before the system is built.";
    };
    warnings = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      internal = true;
      default = [ ];
      description = "What is said when the system is built.";
    };
    meta = lib.mkOption {
      type = lib.types.attrs;
      internal = true;
      default = { };
      description = "About the module.";
    };
  };
}
