{
  description = "Example fleet: a NixOS flake that evaluates and builds offline";

  inputs = {
    # Library, packages and NixOS are small stand-ins kept beside the hosts.
    # The lock gives their hashes, which Nix before 2.26 wants, and their
    # parent, which it wants since.
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
        forge = mkSystemLib.mkNixosSystem "x86_64-linux" "forge"; # services
        nas-1 = mkSystemLib.mkNixosSystem "x86_64-linux" "nas-1"; # storage, receives backups
      };

      formatter = forAllSystems (pkgs: pkgs.nixpkgs-fmt);

      checks.x86_64-linux = import ./lib/checks.nix {
        inherit lib;
        pkgs = nixpkgs.legacyPackages.x86_64-linux;
        inherit (self) nixosConfigurations;
      };
    };
}
