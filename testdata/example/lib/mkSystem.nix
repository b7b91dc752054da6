{ inputs, overlays }:
{
  mkNixosSystem = system: hostname:
    let
      mylib = import ./default.nix { inherit (inputs.nixpkgs) lib; };
    in
    inputs.nixpkgs.lib.nixosSystem {
      inherit system;
      modules = [
        {
          nixpkgs = {
            hostPlatform = system;
            overlays = builtins.attrValues overlays;
            config.allowUnfree = true;
          };
          _module.args = { inherit inputs system mylib; };
        }
        inputs.sops-nix.nixosModules.sops
        ../hosts/_modules/common
        ../hosts/_modules/nixos
        ../hosts/${hostname}
      ];
      specialArgs = { inherit inputs hostname; };
    };
}
