{ inputs, overlays }:
{
  mkNixosSystem = { system, hostname, extraModules ? [ ] }:
    inputs.nixpkgs.lib.nixosSystem {
      inherit system;
      modules = [
        {
          nixpkgs = {
            hostPlatform = system;
            overlays = builtins.attrValues overlays;
            config.allowUnfree = true;
          };
          _module.args = { inherit system; };
        }
        inputs.sops-nix.nixosModules.sops
        ../modules/common
        ../modules/nixos
        ../hosts/${hostname}
      ] ++ extraModules;
      # The factory makes options, so mylib must be known before the options are.
      specialArgs = {
        inherit inputs hostname;
        mylib = import ./default.nix { inherit (inputs.nixpkgs) lib; };
      };
    };
}
