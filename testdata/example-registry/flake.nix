{
  description = "Example fleet with a registry of ids and a service factory";

  inputs = {
    nixpkgs-lib.url = "path:./inputs/nixpkgs-lib";
    nixpkgs = {
      url = "path:./inputs/nixpkgs";
      inputs.nixpkgs-lib.follows = "nixpkgs-lib";
    };
    nixpkgs-unstable = {
      url = "path:./inputs/nixpkgs-unstable";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    sops-nix.url = "path:./inputs/sops-nix";
  };

  outputs = { self, nixpkgs, ... }@inputs:
    let
      inherit (nixpkgs) lib;
      overlays = import ./overlays { inherit inputs; };
      mkSystemLib = import ./lib/mkSystem.nix { inherit inputs overlays; };
      forAllSystems = f: lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: f nixpkgs.legacyPackages.${system});
    in
    {
      nixosConfigurations = {
        forge = mkSystemLib.mkNixosSystem { system = "x86_64-linux"; hostname = "forge"; };
        nas-1 = mkSystemLib.mkNixosSystem { system = "x86_64-linux"; hostname = "nas-1"; };
      };

      formatter = forAllSystems (pkgs: pkgs.nixpkgs-fmt);

      checks.x86_64-linux = import ./lib/checks.nix {
        inherit lib;
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        inherit (self) nixosConfigurations;
      };
    };
}
