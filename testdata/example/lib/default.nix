# Helpers for every module, injected as `mylib`.
{ lib }:
{
  backup-helpers = import ./backup-helpers.nix { inherit lib; };
  caddy-helpers = import ./caddy-helpers.nix { inherit lib; };
  dns = import ./dns.nix { inherit lib; };
  register-vhost = import ./register-vhost.nix { inherit lib; };
  monitoring-helpers = import ./monitoring-helpers.nix { inherit lib; };
}
