{
  description = "A small stand-in for nixpkgs: NixOS's interface, packages that are only names";

  inputs.nixpkgs-lib.url = "github:nix-community/nixpkgs.lib";

  outputs = { self, nixpkgs-lib }:
    let
      # A store path of its own, also where Nix keeps a relative input inside
      # its parent: what NixOS declares is then not a file of the repository.
      source = builtins.path { name = "source"; path = ./.; };
      systems = [ "x86_64-linux" "aarch64-linux" ];
      base = nixpkgs-lib.lib;
      lib = base // {
        nixosSystem = args: import "${source}/nixos/lib/eval-config.nix" ({ inherit lib; nixpkgs = "${source}"; } // args);
      };
    in
    {
      inherit lib;
      legacyPackages = base.genAttrs systems (system: import "${source}/pkgs" { inherit lib system; });
    };
}
