{
  description = "A small stand-in for nixpkgs-unstable: the same packages, some newer, some only here";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }: {
    legacyPackages = builtins.mapAttrs
      (_: pkgs: pkgs // builtins.mapAttrs (pkgs.package or (pname: _: pkgs.${pname})) (import ./newer.nix))
      nixpkgs.legacyPackages;
  };
}
