# What stands for scaffold while it is proved that a flake reaches it: the
# outputs that a wired flake uses, of the same shape, from nothing.
{
  outputs = _:
    let
      placeholder = system: builtins.derivation { name = "allocations"; inherit system; builder = "/bin/sh"; };
      app = { type = "app"; program = "/bin/sh"; };
      apps.scaffold = app;
    in
    {
      apps = { x86_64-linux = apps; aarch64-linux = apps; aarch64-darwin = apps; };
      lib.allocationCheck = { pkgs, flake, nixosConfigurations ? flake.nixosConfigurations, ... }:
        builtins.seq (builtins.attrNames nixosConfigurations) (builtins.seq flake.outPath
          (placeholder pkgs.stdenv.hostPlatform.system));
      flakeModules.default.perSystem = { system, ... }: {
        apps.scaffold = app;
        checks.allocations = placeholder system;
      };
    };
}
