{
  description = "Example fleet with a registry of ids and a service factory";

  # Nothing is fetched: an input that follows "" is this flake, for which
  # ./inputs has a stand-in. Each can be overridden by the real thing.
  inputs = {
    nixpkgs-lib.follows = "";
    nixpkgs.follows = "";
    nixpkgs-unstable.follows = "";
    sops-nix.follows = "";
  };

  outputs = { self, ... }@given:
    let
      inputs = import ./inputs { inputs = given; };
      inherit (inputs.nixpkgs) lib;
      overlays = import ./overlays { inherit inputs; };
      mkSystemLib = import ./lib/mkSystem.nix { inherit inputs overlays; };
      forAllSystems = f: lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: f inputs.nixpkgs.legacyPackages.${system});
    in
    {
      nixosConfigurations = {
        forge = mkSystemLib.mkNixosSystem { system = "x86_64-linux"; hostname = "forge"; };
        nas-1 = mkSystemLib.mkNixosSystem { system = "x86_64-linux"; hostname = "nas-1"; };
      };

      formatter = forAllSystems (pkgs: pkgs.nixpkgs-fmt);

      checks.x86_64-linux = import ./lib/checks.nix {
        inherit lib;
        pkgs = inputs.nixpkgs.legacyPackages.x86_64-linux;
        inherit (self) nixosConfigurations;
      };
    };
}
