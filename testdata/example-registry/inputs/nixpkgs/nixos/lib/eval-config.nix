# nixosSystem: NixOS's modules, the caller's, and the arguments modules get.
{ lib, nixpkgs, system ? null, pkgs ? null, modules ? [ ], extraModules ? [ ], specialArgs ? { }, ... }:
let
  baseModules = import ../modules/module-list.nix;
  eval = lib.evalModules {
    class = "nixos";
    specialArgs = {
      modulesPath = "${nixpkgs}/nixos/modules";
      utils = import ./utils.nix { inherit lib; };
    } // specialArgs;
    modules = baseModules ++ extraModules ++ modules ++ [
      ({ config, ... }: {
        _file = ./eval-config.nix;
        nixpkgs = {
          system = lib.mkIf (system != null) (lib.mkDefault system);
          pkgs =
            if pkgs != null then pkgs
            else
              lib.mkDefault (import "${nixpkgs}/pkgs" {
                inherit lib;
                inherit (config.nixpkgs) overlays config;
                system = config.nixpkgs.hostPlatform.system or config.nixpkgs.hostPlatform;
              });
        };
        _module.args = {
          inherit baseModules extraModules modules;
          pkgs = lib.mkForce config.nixpkgs.pkgs;
        };
      })
    ];
  };
in
eval // {
  inherit (eval._module.args) pkgs;
  inherit lib extraModules;
}
